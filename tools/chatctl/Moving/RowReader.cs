using System.Text.Json;
using ChatMonolith.BuildingBlocks.Persistence;

namespace ChatMonolith.Chatctl.Moving;

/// <summary>The rows of one table of an export, as the database takes them.</summary>
internal sealed class RowReader(Database database, TableShape shape, string path)
{
    /// <summary>The longest row: a picture, in base64.</summary>
    private const int LineMax = 64 * 1024 * 1024;

    private readonly Dictionary<string, int> places = shape.Columns.Select((c, i) => (c.Name, i)).ToDictionary(c => c.Name, c => c.i, StringComparer.Ordinal);

    /// <returns>One array, filled anew for each row.</returns>
    public IEnumerable<object?[]> Rows()
    {
        var row = new object?[shape.Columns.Count];
        var number = 0L;
        using var file = new StreamReader(path, System.Text.Encoding.UTF8, detectEncodingFromByteOrderMarks: false, bufferSize: 1024 * 1024);
        while (file.ReadLine() is { } line)
        {
            number++;
            Read(line.Length <= LineMax ? line : throw new RefusedException($"{path}, line {number} is too long."), row, number);
            yield return row;
        }
    }

    private void Read(string line, object?[] row, long number)
    {
        try
        {
            using var json = JsonDocument.Parse(line);
            var found = 0;
            foreach (var member in json.RootElement.EnumerateObject())
            {
                if (!places.TryGetValue(member.Name, out var place))
                {
                    throw new RefusedException($"{path}, line {number} has a column {member.Name} that this version does not know.");
                }

                row[place] = Value(member.Value, shape.Columns[place]);
                found++;
            }

            if (found != row.Length)
            {
                throw new RefusedException($"{path}, line {number} does not have all columns, each once.");
            }
        }
        catch (Exception e) when (e is JsonException or FormatException or InvalidOperationException)
        {
            throw new RefusedException($"{path}, line {number} cannot be read.");
        }
    }

    private object? Value(JsonElement value, ColumnShape column) => value.ValueKind is JsonValueKind.Null
        ? null
        : column.Kind switch
        {
            ColumnKind.Id => database.Id(value.GetGuid()),
            ColumnKind.Bytes => value.GetBytesFromBase64(),
            ColumnKind.Flag => value.GetBoolean(),
            ColumnKind.Number when column.IsShort => value.GetInt32(),
            ColumnKind.Number => value.GetInt64(),
            ColumnKind.Real => value.GetDouble() is var real && double.IsFinite(real) ? real : throw new FormatException(),
            _ => value.GetString(),
        };
}
