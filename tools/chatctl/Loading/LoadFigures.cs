using System.Collections.Concurrent;

namespace ChatMonolith.Chatctl.Loading;

/// <summary>What all sockets of a test count together.</summary>
internal sealed class LoadFigures
{
    private readonly ConcurrentDictionary<string, int> refusals = new(StringComparer.Ordinal);
    private long sent;
    private long lost;
    private long outOfOrder;
    private long unexpected;

    /// <summary>From the instant at which a message was due to its <c>ok</c>.</summary>
    public Histogram Acks { get; } = new();

    /// <summary>From the instant at which a message was due to its arrival at a member.</summary>
    public Histogram Deliveries { get; } = new();

    public long Sent => Volatile.Read(ref sent);

    /// <summary>Entries that a socket skipped.</summary>
    public long Lost => Volatile.Read(ref lost);

    /// <summary>Entries that came twice, or after a later one.</summary>
    public long OutOfOrder => Volatile.Read(ref outOfOrder);

    /// <summary>Replies to nothing that was asked.</summary>
    public long Unexpected => Volatile.Read(ref unexpected);

    /// <summary>Error frames by code.</summary>
    public IReadOnlyDictionary<string, int> Refusals => refusals;

    public void CountSent() => Interlocked.Increment(ref sent);

    public void CountLost(long count) => Interlocked.Add(ref lost, count);

    public void CountOutOfOrder() => Interlocked.Increment(ref outOfOrder);

    public void CountUnexpected() => Interlocked.Increment(ref unexpected);

    public void CountRefused(string code) => refusals.AddOrUpdate(code, 1, static (_, n) => n + 1);
}
