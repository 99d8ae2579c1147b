namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>What happened to a frame that was offered to an outbox.</summary>
internal enum Offered
{
    Accepted,
    Dropped,
    Overflow,
}

/// <summary>
/// What waits for one socket: references to shared frames, bounded in bytes. Frames carry the topic they came from, so that a removal
/// can take back what has not been handed to the socket yet. Not thread-safe: the connection's lock guards it.
/// </summary>
internal sealed class Outbox(int capacity)
{
    private const int KeptSlots = 32;
    private readonly Queue<(OutFrame Frame, Guid Topic)> frames = new();

    /// <summary>How much of the first frame is with the kernel already: the rest of it must follow, whatever happens.</summary>
    private int begun;

    public int Bytes { get; private set; }

    public int Count => frames.Count;

    public bool IsEmpty => frames.Count == 0;

    /// <summary>Ephemeral frames are dropped first: above half of the capacity they are not taken at all.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="topic">Where it came from.</param>
    /// <param name="ephemeral">May be dropped.</param>
    /// <param name="beyond">It is taken even where there is no room: what waits has not been offered to the peer yet.</param>
    public Offered Offer(OutFrame frame, Guid topic, bool ephemeral, bool beyond)
    {
        var length = frame.Bytes.Length;
        if (ephemeral && Bytes + length > capacity / 2)
        {
            return Offered.Dropped;
        }

        // A frame that is larger than the whole outbox still passes an empty one.
        if (Bytes + length > capacity && Bytes > 0 && !beyond)
        {
            return Offered.Overflow;
        }

        frames.Enqueue((frame, topic));
        Bytes += length;
        return Offered.Accepted;
    }

    /// <summary>The bytes to be written next: those of one frame as they are, or of as many as <paramref name="gathering"/> has room for.</summary>
    public ReadOnlyMemory<byte> Peek(Gathering gathering)
    {
        var first = frames.Peek().Frame.Bytes;
        return begun > 0 ? first[begun..] : frames.Count == 1 || first.Length > Gathering.Room ? first : gathering.Of(frames);
    }

    /// <summary>The rest of the first frame.</summary>
    public ReadOnlyMemory<byte> PeekFirst() => frames.Peek().Frame.Bytes[begun..];

    /// <summary>So many of the waiting bytes are with the kernel.</summary>
    public void Skip(int count)
    {
        Bytes -= count;
        count += begun;
        while (frames.TryPeek(out var next) && count >= next.Frame.Bytes.Length)
        {
            count -= next.Frame.Bytes.Length;
            frames.Dequeue();
        }

        begun = count;
        if (frames.Count == 0 && frames.Capacity > KeptSlots)
        {
            frames.TrimExcess(0);
        }
    }

    public void Drop(Guid topic)
    {
        var count = frames.Count;
        for (var i = 0; i < count; i++)
        {
            var item = frames.Dequeue();
            if (item.Topic == topic && (i > 0 || begun == 0))
            {
                Bytes -= item.Frame.Bytes.Length;
            }
            else
            {
                frames.Enqueue(item);
            }
        }
    }

    /// <summary>All but the rest of a frame that has begun: half a frame would break the framing of what follows, the close frame.</summary>
    public void Clear()
    {
        (OutFrame Frame, Guid Topic)? rest = begun > 0 ? frames.Peek() : null;
        frames.Clear();
        Bytes = 0;
        if (rest is { } kept)
        {
            frames.Enqueue(kept);
            Bytes = kept.Frame.Bytes.Length - begun;
        }
    }
}
