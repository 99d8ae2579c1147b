using System.Text.Json;
using ChatMonolith.Chatctl.Moving;

namespace ChatMonolith.Chatctl.Importing.Making;

/// <summary>All tables of an export that is made here, each with the columns that the server's own model says.</summary>
internal sealed class ExportTables : IDisposable
{
    private readonly Dictionary<string, (TableShape Shape, TableFile File)> tables;

    public ExportTables(string folder, IReadOnlyList<TableShape> shapes)
    {
        Directory.CreateDirectory(Path.Combine(folder, "tables"));
        tables = shapes.ToDictionary(s => s.Name, s => (s, new TableFile(folder, s.Name)), StringComparer.Ordinal);
    }

    /// <param name="table">The table.</param>
    /// <param name="columns">Every column that it has, in the order in which rows are given.</param>
    /// <exception cref="InvalidOperationException">The table has other columns: the schema has moved on, and this has not.</exception>
    public ExportRows Of(string table, string columns)
    {
        var (shape, file) = tables[table];
        var names = columns.Split(',', StringSplitOptions.TrimEntries);
        var others = shape.Columns.Select(c => c.Name).ToHashSet(StringComparer.Ordinal);
        others.SymmetricExceptWith(names);
        return others.Count == 0 ? new ExportRows(file, [.. shape.Columns.Select(c => c.Name)], [.. shape.Columns.Select(c => Array.IndexOf(names, c.Name))]) : throw new InvalidOperationException($"Rows of {table} are not made as its columns are: {string.Join(", ", others)}.");
    }

    public IReadOnlyList<ExportedTable> Finish() => [.. tables.Values.Select(t => t.File.Finish())];

    public void Dispose()
    {
        foreach (var (_, file) in tables.Values)
        {
            file.Dispose();
        }
    }
}

/// <summary>Writes rows of one table.</summary>
/// <param name="file">Where to.</param>
/// <param name="columns">In the order in which they are written.</param>
/// <param name="order">For each of them its place among the values that are given.</param>
internal sealed class ExportRows(TableFile file, string[] columns, int[] order)
{
    private readonly JsonEncodedText[] names = [.. columns.Select(c => JsonEncodedText.Encode(c))];

    public void Add(params ReadOnlySpan<object?> values)
    {
        if (values.Length != names.Length)
        {
            throw new InvalidOperationException($"{values.Length} values for {names.Length} columns.");
        }

        var json = file.Begin();
        for (var i = 0; i < values.Length; i++)
        {
            switch (values[order[i]])
            {
                case null:
                    json.WriteNull(names[i]);
                    break;
                case Guid id:
                    json.WriteString(names[i], id);
                    break;
                case string text:
                    json.WriteString(names[i], text);
                    break;
                case byte[] bytes:
                    json.WriteBase64String(names[i], bytes);
                    break;
                case bool flag:
                    json.WriteBoolean(names[i], flag);
                    break;
                case int number:
                    json.WriteNumber(names[i], number);
                    break;
                case long number:
                    json.WriteNumber(names[i], number);
                    break;
                case var other:
                    throw new InvalidOperationException($"An export has no form for {other.GetType().Name}.");
            }
        }

        file.End();
    }
}
