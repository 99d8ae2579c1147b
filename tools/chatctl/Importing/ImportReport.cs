using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ChatMonolith.Chatctl.Importing;

/// <param name="Code">The kind, stable.</param>
/// <param name="Place">In the source: file and line, or file and element, or who or what it is about.</param>
/// <param name="Text">What, and why.</param>
internal sealed record ReportItem(string Code, string Place, string Text);

/// <summary>What came, what did not, and why. Of each kind everything is counted, and the first ones are kept with their places.</summary>
internal sealed class ImportReport(string source, string path, bool dryRun)
{
    private const int MostKept = 10_000;
    private const int MostShown = 5;
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private readonly SortedDictionary<string, long> counts = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, (long Count, List<ReportItem> Items)> notes = new(StringComparer.Ordinal);

    /// <summary>One more that came.</summary>
    public void Count(string what, long by = 1)
    {
        if (by != 0)
        {
            counts[what] = counts.GetValueOrDefault(what) + by;
        }
    }

    public long Counted(string what) => counts.GetValueOrDefault(what);

    /// <summary>Something that did not come, or came otherwise.</summary>
    public void Note(string code, string place, string text)
    {
        var (count, items) = notes.TryGetValue(code, out var known) ? known : (0, []);
        if (items.Count < MostKept)
        {
            items.Add(new ReportItem(code, Shown(place), Shown(text)));
        }

        notes[code] = (count + 1, items);
    }

    public void Print(TextWriter target)
    {
        target.WriteLine(dryRun ? $"{source}, {path}: this would come" : $"{source}, {path}: this came");
        foreach (var (what, count) in counts)
        {
            target.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {count,10}  {what}"));
        }

        target.WriteLine(notes.Count == 0 ? "Nothing was left out or changed." : "Left out or changed:");
        foreach (var (code, (count, items)) in notes)
        {
            target.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {count,10}  {code}"));
            foreach (var item in items.Take(MostShown))
            {
                target.WriteLine($"              {item.Place}: {item.Text}");
            }

            if (count > MostShown)
            {
                target.WriteLine(string.Create(CultureInfo.InvariantCulture, $"              and {count - MostShown} more (--report FILE.json has them)"));
            }
        }
    }

    public void Save(string file) =>
        File.WriteAllBytes(
            file,
            JsonSerializer.SerializeToUtf8Bytes(
                new
                {
                    Format = 1,
                    Source = source,
                    Path = path,
                    DryRun = dryRun,
                    Came = counts,
                    LeftOutOrChanged = notes.ToDictionary(n => n.Key, n => n.Value.Count),
                    Items = notes.SelectMany(n => n.Value.Items),
                    ItemsKeptOfEachKind = MostKept,
                },
                Format));

    /// <summary>What comes from the source may hold what moves a terminal's cursor.</summary>
    private static string Shown(string text) => new([.. text.Take(400).Select(c => char.IsControl(c) ? ' ' : c)]);
}
