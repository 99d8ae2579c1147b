using System.Text.Json;

namespace ChatMonolith.Chatctl.Moving;

/// <summary>The rows of one table of an export, as the database takes them.</summary>
internal sealed class RowReader(TableShape shape, string path)
{
    private readonly byte[][] names = [.. shape.Columns.Select(c => System.Text.Encoding.UTF8.GetBytes(c.Name))];
    private readonly bool[] seen = new bool[shape.Columns.Count];

    /// <returns>One array, filled anew for each row.</returns>
    public IEnumerable<object?[]> Rows()
    {
        var row = new object?[shape.Columns.Count];
        using var lines = new LineFile(path);
        while (lines.Next())
        {
            Read(lines.Line, row, lines.Number);
            yield return row;
        }
    }

    private void Read(ReadOnlySpan<byte> line, object?[] row, long number)
    {
        try
        {
            var json = new Utf8JsonReader(line);
            if (!json.Read() || json.TokenType is not JsonTokenType.StartObject)
            {
                throw new FormatException();
            }

            Array.Clear(seen);
            var (next, found) = (0, 0);
            while (json.Read() && json.TokenType is JsonTokenType.PropertyName)
            {
                var place = next < names.Length && json.ValueTextEquals(names[next]) ? next : PlaceOf(ref json, number);
                if (seen[place])
                {
                    throw new FormatException();
                }

                seen[place] = true;
                json.Read();
                row[place] = Value(ref json, shape.Columns[place]);
                (next, found) = (place + 1, found + 1);
            }

            if (found != row.Length)
            {
                throw new RefusedException($"{path}, line {number} does not have all columns, each once.");
            }

            if (json.TokenType is not JsonTokenType.EndObject || json.Read())
            {
                throw new FormatException();
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new RefusedException($"{path}, line {number} cannot be read.");
        }
    }

    private int PlaceOf(ref Utf8JsonReader json, long number)
    {
        for (var i = 0; i < names.Length; i++)
        {
            if (json.ValueTextEquals(names[i]))
            {
                return i;
            }
        }

        throw new RefusedException($"{path}, line {number} has a column {json.GetString()} that this version does not know.");
    }

    private static object? Value(ref Utf8JsonReader json, ColumnShape column) => json.TokenType is JsonTokenType.Null
        ? null
        : column.Kind switch
        {
            ColumnKind.Id => json.GetGuid(),
            ColumnKind.Bytes => json.GetBytesFromBase64(),
            ColumnKind.Flag => json.GetBoolean(),
            ColumnKind.Number when column.IsShort => json.GetInt32(),
            ColumnKind.Number => json.GetInt64(),
            ColumnKind.Real => json.GetDouble() is var real && double.IsFinite(real) ? real : throw new FormatException(),
            _ => json.GetString(),
        };
}
