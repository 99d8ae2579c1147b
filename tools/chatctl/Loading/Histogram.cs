using System.Numerics;

namespace ChatMonolith.Chatctl.Loading;

/// <summary>Latencies in microseconds in log-linear buckets, with an error below 1 %. Safe from many threads.</summary>
internal sealed class Histogram
{
    private const int SubBits = 7;
    private const int Sub = 1 << SubBits;
    private readonly long[] buckets = new long[64 * Sub];
    private long count;

    public long Count => Volatile.Read(ref count);

    public void Add(TimeSpan latency)
    {
        var micros = (ulong)Math.Max(0, latency.TotalMicroseconds);
        var shift = micros < Sub ? 0 : 64 - BitOperations.LeadingZeroCount(micros) - SubBits;
        Interlocked.Increment(ref buckets[(shift * Sub) + (int)(micros >> shift)]);
        Interlocked.Increment(ref count);
    }

    /// <returns>Milliseconds; null when nothing was measured.</returns>
    public double? Percentile(double share)
    {
        var wanted = (long)Math.Ceiling(share * Count);
        for (long i = 0, seen = 0; i < buckets.Length && wanted > 0; i++)
        {
            seen += Volatile.Read(ref buckets[i]);
            if (seen >= wanted)
            {
                return Math.Round(((ulong)(i % Sub) << (int)(i / Sub)) / 1000.0, 3);
            }
        }

        return null;
    }
}
