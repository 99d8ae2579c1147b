using System.Globalization;

namespace ChatMonolith.Benchmark.Load;

/// <summary>Times of one kind, in milliseconds; all are kept.</summary>
internal sealed class Latencies
{
    private readonly List<float> times = [];
    private bool isSorted;

    public int Count => times.Count;

    public double Max => Percentile(1);

    public void Add(double milliseconds)
    {
        times.Add((float)milliseconds);
        isSorted = false;
    }

    /// <returns>Milliseconds; not a number when nothing was measured.</returns>
    public double Percentile(double share)
    {
        if (!isSorted)
        {
            times.Sort();
            isSorted = true;
        }

        return times.Count == 0 ? double.NaN : times[Math.Min(times.Count - 1, (int)(times.Count * share))];
    }

    /// <summary>Cells of a table: median, 99th percentile, maximum.</summary>
    public string Cells() => string.Create(CultureInfo.InvariantCulture, $"{Percentile(0.5):F2} | {Percentile(0.99):F2} | {Max:F2}");
}
