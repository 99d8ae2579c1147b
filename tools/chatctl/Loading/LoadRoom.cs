using System.Collections.Concurrent;

namespace ChatMonolith.Chatctl.Loading;

/// <summary>A room under test: who is in it and what the server acknowledged there.</summary>
internal sealed class LoadRoom(Guid id, int[] members)
{
    /// <summary>Acknowledged messages: the client id under each <c>seq</c>.</summary>
    private readonly ConcurrentDictionary<long, string> acknowledged = new();
    private int doubled;

    public Guid Id => id;

    /// <summary>Positions in the crowd; the first made the room.</summary>
    public int[] Members => members;

    /// <summary>Where the log stood before anything was sent.</summary>
    public long StartSeq { get; set; }

    public long Highest => acknowledged.IsEmpty ? StartSeq : acknowledged.Keys.Max();

    public int Acknowledged => acknowledged.Count;

    /// <summary>Two messages were acknowledged under one number.</summary>
    public int Doubled => Volatile.Read(ref doubled);

    public void Acknowledge(long seq, string clientId)
    {
        if (!acknowledged.TryAdd(seq, clientId))
        {
            Interlocked.Increment(ref doubled);
        }
    }

    /// <summary>How many acknowledged messages stand in the log under another number, or not at all.</summary>
    public int MissingIn(IReadOnlyDictionary<long, string> log) =>
        acknowledged.Count(a => !log.TryGetValue(a.Key, out var clientId) || clientId != a.Value);
}
