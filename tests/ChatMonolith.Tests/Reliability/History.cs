using System.Collections.Concurrent;
using System.Runtime.InteropServices;

namespace ChatMonolith.Tests.Reliability;

/// <summary>One client's wish to send one message, with all that it heard about it. A timeout or a broken connection is no outcome.</summary>
public sealed class Operation(string client, int number, Guid sender, Guid room, string clientId, string text, long invokedAt)
{
    private readonly Lock sync = new();
    private readonly List<Acknowledgement> acknowledgements = [];

    /// <summary>The client that sent it; its operations are numbered in the order in which it sent them.</summary>
    public string Client => client;

    public int Number => number;

    public Guid Sender => sender;

    public Guid Room => room;

    public string ClientId => clientId;

    public string Text => text;

    /// <summary>Monotonic time of the first attempt.</summary>
    public long InvokedAt => invokedAt;

    /// <summary>An <c>unavailable</c> let later commands of the client overtake this one.</summary>
    public bool WasOvertaken { get; set; }

    /// <summary>The code of an explicit refusal, which promises that nothing happened.</summary>
    public string? RefusedWith { get; private set; }

    public IReadOnlyList<Acknowledgement> Acknowledgements
    {
        get
        {
            lock (sync)
            {
                return [.. acknowledgements];
            }
        }
    }

    public bool IsAcknowledged => Acknowledgements.Count > 0;

    public void Acknowledge(Guid id, long seq, long at)
    {
        lock (sync)
        {
            acknowledgements.Add(new Acknowledgement(id, seq, at));
        }
    }

    public void Refuse(string code) => RefusedWith = code;

    public override string ToString() => $"{client} #{number} ({clientId}, seq {string.Join('/', Acknowledgements.Select(a => a.Seq))})";
}

/// <param name="Id">The message.</param>
/// <param name="Seq">Its place in the room's log.</param>
/// <param name="At">Monotonic time at which the client heard of it.</param>
public sealed record Acknowledgement(Guid Id, long Seq, long At);

/// <param name="Seq">The entry's number; for a reload the head at which the reader took the room up again.</param>
/// <param name="Fingerprint">Null for a reload.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct Seen(long Seq, ulong? Fingerprint)
{
    /// <summary>The reader was told to load the room anew: the one way in which it may miss entries.</summary>
    public bool IsReload => Fingerprint is null;
}

/// <summary>What one reader got of one room's log, in order, over all its connections.</summary>
public sealed class Observation(string reader, Guid room)
{
    private readonly Lock sync = new();
    private readonly List<Seen> entries = [];
    private readonly List<(long Seq, string Digest)> digests = [];

    public string Reader => reader;

    public Guid Room => room;

    /// <summary>The last number that it has; what a resume sends.</summary>
    public long Position
    {
        get
        {
            lock (sync)
            {
                return entries.Count > 0 ? entries[^1].Seq : 0;
            }
        }
    }

    public IReadOnlyList<Seen> Entries
    {
        get
        {
            lock (sync)
            {
                return [.. entries];
            }
        }
    }

    public IReadOnlyList<(long Seq, string Digest)> Digests
    {
        get
        {
            lock (sync)
            {
                return [.. digests];
            }
        }
    }

    public void Saw(LogLine line)
    {
        lock (sync)
        {
            entries.Add(new Seen(line.Seq, line.Fingerprint()));
        }
    }

    public void ToldDigest(long seq, string digest)
    {
        lock (sync)
        {
            digests.Add((seq, digest));
        }
    }

    public void ReloadedAt(long seq)
    {
        lock (sync)
        {
            entries.Add(new Seen(seq, null));
        }
    }
}

/// <summary>Everything that the clients of one run did and saw.</summary>
public sealed class History
{
    private int acknowledged;

    /// <summary>How many acknowledgements have come so far.</summary>
    public int Acknowledged => Volatile.Read(ref acknowledged);

    public ConcurrentQueue<Operation> Operations { get; } = new();

    public ConcurrentQueue<Observation> Observations { get; } = new();

    /// <summary>What must never happen, such as a 500, with where it did.</summary>
    public ConcurrentQueue<string> Defects { get; } = new();

    public void CountAcknowledgement() => Interlocked.Increment(ref acknowledged);
}

/// <summary>A room as it is read after the run.</summary>
/// <param name="Room">Its id.</param>
/// <param name="Log">From the events route, whole.</param>
/// <param name="Messages">From the history route, whole.</param>
/// <param name="LastSeq">The head that the server tells.</param>
/// <param name="Digest">The digest that the server tells for it.</param>
public sealed record FinalRead(Guid Room, IReadOnlyList<LogLine> Log, IReadOnlyList<StoredMessage> Messages, long LastSeq, string Digest);

public sealed record StoredMessage(Guid Id, long Seq, Guid Sender, string ClientId, string Text);
