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
    private readonly Queue<(OutFrame Frame, Guid Topic)> frames = new();

    public int Bytes { get; private set; }

    public int Count => frames.Count;

    public bool IsEmpty => frames.Count == 0;

    /// <summary>Ephemeral frames are dropped first: above half of the capacity they are not taken at all.</summary>
    public Offered Offer(OutFrame frame, Guid topic, bool ephemeral)
    {
        var length = frame.Bytes.Length;
        if (ephemeral && Bytes + length > capacity / 2)
        {
            return Offered.Dropped;
        }

        // A frame that is larger than the whole outbox still passes an empty one.
        if (Bytes + length > capacity && Bytes > 0)
        {
            return Offered.Overflow;
        }

        frames.Enqueue((frame, topic));
        Bytes += length;
        return Offered.Accepted;
    }

    /// <summary>Copies waiting frames into <paramref name="target"/> for one write. Returns the bytes copied; 0 if the first does not fit.</summary>
    public int Take(Span<byte> target)
    {
        var taken = 0;
        while (frames.TryPeek(out var next) && next.Frame.Bytes.Length <= target.Length - taken)
        {
            frames.Dequeue();
            next.Frame.Bytes.Span.CopyTo(target[taken..]);
            taken += next.Frame.Bytes.Length;
        }

        Bytes -= taken;
        return taken;
    }

    public OutFrame TakeOne()
    {
        var (frame, _) = frames.Dequeue();
        Bytes -= frame.Bytes.Length;
        return frame;
    }

    public void Drop(Guid topic)
    {
        var count = frames.Count;
        for (var i = 0; i < count; i++)
        {
            var item = frames.Dequeue();
            if (item.Topic == topic)
            {
                Bytes -= item.Frame.Bytes.Length;
            }
            else
            {
                frames.Enqueue(item);
            }
        }
    }

    public void Clear()
    {
        frames.Clear();
        Bytes = 0;
    }
}
