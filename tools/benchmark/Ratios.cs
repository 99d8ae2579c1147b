using System.Globalization;
using System.Text.Json;

namespace ChatMonolith.Benchmark;

/// <summary>
/// Compares our figures with the batched C server's in the same run, and with the targets. Messages for each second tell what a machine
/// with two free cores gives; the server's CPU for each message tells the same story where others use the machine too.
/// </summary>
internal static class Ratios
{
    private const string Ours = "chatmonolith";
    private const string Limit = "epollc-batch";

    /// <summary>A commit with its fsync, which the C server has not: milliseconds on an ordinary SSD.</summary>
    private const double Commit = 2;

    private static readonly Row[] Rows =
    [
        new("room of 1,000, deliveries a second, share of the batched C server", "max1000", "deliv_s", AtLeast: 0.7),
        new("room of 100, the same", "max100", "deliv_s", AtLeast: 0.5),
        new("200 rooms of 5, messages a second, the same, each durable", "rooms", "msgs_s", AtLeast: 0.35),
        new("room of 1,000: CPU of a delivery, times that of the C server", "max1000", "cpu_s_per_100k", AtMost: 1 / 0.7),
        new("room of 100: the same", "max100", "cpu_s_per_100k", AtMost: 1 / 0.5),
        new("200 rooms of 5: CPU of a message, the same", "rooms", "cpu_ms_per_msg", AtMost: 1 / 0.35),
        new("calm, warm: CPU of a delivery, the same", "paced1000", "cpu_s_per_100k", AtMost: 1.6) { Calm = true },
        new("calm, warm: p50, the same and one commit", "paced1000", "p50_ms", AtMost: 1.5, Beside: Commit) { Calm = true },
        new("calm, warm: p99, the same and one commit", "paced1000", "p99_ms", AtMost: 1.5, Beside: Commit) { Calm = true },
    ];

    /// <param name="results">The peer bench's lines.</param>
    /// <param name="calm">Those of the calm room after a minute; may be missing.</param>
    public static async Task<int> Print(string results, string calm)
    {
        var (loaded, warm) = (await Read(results), await Read(calm));
        Console.WriteLine("| | ours | C, batched | ratio | target | |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- |");
        foreach (var row in Rows)
        {
            var from = row.Calm ? warm : loaded;
            if (Median(from, Ours, row) is { } ours && Median(from, Limit, row) is { } limit && limit > 0)
            {
                var ratio = Math.Max(0, ours - row.Beside) / limit;
                var isReached = row.AtLeast is { } least ? ratio >= least : ratio <= row.AtMost!.Value;
                var target = row.AtLeast is { } goal ? $"at least {Show(goal)}" : $"at most {Show(row.AtMost!.Value)}";
                Console.WriteLine($"| {row.Name} | {Show(ours)} | {Show(limit)} | {Show(ratio)} | {target} | {(isReached ? "reached" : "missed")} |");
            }
        }

        if (Median(loaded, Ours, new Row("", "idle", "kb_per_conn")) is { } memory)
        {
            Console.WriteLine($"| KB of the process for each idle connection, at 5,000 | {Show(memory)} | | | at most 10 | {(memory <= 10 ? "reached" : "missed")} |");
        }

        return 0;
    }

    private static async Task<List<JsonElement>> Read(string file)
    {
        var found = new List<JsonElement>();
        if (File.Exists(file))
        {
            await foreach (var line in File.ReadLinesAsync(file))
            {
                using var document = JsonDocument.Parse(line);
                found.Add(document.RootElement.Clone());
            }
        }

        return found;
    }

    private static double? Median(List<JsonElement> lines, string peer, Row row)
    {
        var values = lines
            .Where(l => l.GetProperty("peer").GetString() == peer && l.GetProperty("scenario").GetString() == row.Scenario)
            .Where(l => l.TryGetProperty(row.Figure, out var value) && value.ValueKind is JsonValueKind.Number)
            .Select(l => l.GetProperty(row.Figure).GetDouble()).Order().ToArray();
        return values.Length == 0 ? null : (values[(values.Length - 1) / 2] + values[values.Length / 2]) / 2;
    }

    private static string Show(double value) => value.ToString(Math.Abs(value) switch { >= 1000 => "N0", >= 100 => "0", >= 10 => "0.0", >= 0.1 => "0.00", _ => "0.0000" }, CultureInfo.InvariantCulture);

    /// <param name="Name">What is compared.</param>
    /// <param name="Scenario">The peer bench's.</param>
    /// <param name="Figure">The member of its lines.</param>
    /// <param name="AtLeast">The target where more is better.</param>
    /// <param name="AtMost">The target where less is better.</param>
    /// <param name="Beside">What is ours alone, and taken off first.</param>
    private sealed record Row(string Name, string Scenario, string Figure, double? AtLeast = null, double? AtMost = null, double Beside = 0)
    {
        /// <summary>From the calm room that ran for a minute first.</summary>
        public bool Calm { get; init; }
    }
}
