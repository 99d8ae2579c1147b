using System.Collections.Concurrent;

namespace ChatMonolith.Messaging.Log;

/// <summary>Where a log stands: what is committed, and what has been handed out. The second follows the first.</summary>
internal sealed class LogHead(long seq, byte[] digest)
{
    private long trimmedTo;
    private volatile State committed = new(seq, digest);
    private volatile State published = new(seq, digest);

    public State Committed
    {
        get => committed;
        set => committed = value;
    }

    /// <summary>Moved by the hub's loop alone, so that work on the loop knows exactly what live listeners have seen.</summary>
    public State Published
    {
        get => published;
        set => published = value;
    }

    /// <summary>Retention has removed the entries up to here; 0 in most rooms.</summary>
    public long TrimmedTo
    {
        get => Volatile.Read(ref trimmedTo);
        set => Volatile.Write(ref trimmedTo, value);
    }

    internal sealed record State(long Seq, byte[] Digest);
}

/// <summary>
/// The heads of rooms' and people's logs that are in use, loaded on first use. Only the writer moves them; a reader who loads one
/// that the writer does not hold may race it, so loading goes through the writer as well.
/// </summary>
internal sealed class LogHeads
{
    private int generation;

    public ConcurrentDictionary<Guid, LogHead> Rooms { get; } = new();

    public ConcurrentDictionary<Guid, LogHead> Users { get; } = new();

    /// <summary>Another one after each <see cref="Forget"/>: who holds a head from before it holds one that nobody moves.</summary>
    public int Generation => Volatile.Read(ref generation);

    public void Forget()
    {
        Interlocked.Increment(ref generation);
        Rooms.Clear();
        Users.Clear();
    }
}
