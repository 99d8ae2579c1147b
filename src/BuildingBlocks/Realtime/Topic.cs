namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>
/// The live listeners of one log, and its last few frames, with which a resume catches up without a gap. For the hub's loop alone.
/// </summary>
internal sealed class Topic(Guid id)
{
    private const int RecentFrames = 64;
    private const int RecentBytes = 256 * 1024;
    private readonly Queue<(long Seq, OutFrame Frame)> recent = new();
    private readonly List<OutFrame> held = [];
    private Connection[] members = [];
    private int recentBytes;
    private long lastSeq;

    public Guid Id { get; } = id;

    public int Count { get; private set; }

    public ReadOnlySpan<Connection> Members => members.AsSpan(0, Count);

    /// <summary>When something was last published, in <see cref="TimeProvider.GetTimestamp"/> ticks.</summary>
    public long LastUsed { get; private set; }

    /// <summary>What this turn of the loop has published and its end hands out, all of it to all who listen.</summary>
    public IReadOnlyList<OutFrame> Held => held;

    /// <returns>True for the first of this turn.</returns>
    public bool Hold(OutFrame frame)
    {
        held.Add(frame);
        return held.Count == 1;
    }

    public void Release() => held.Clear();

    public void Add(Connection connection)
    {
        if (!connection.Places.TryAdd(Id, Count))
        {
            return;
        }

        if (Count == members.Length)
        {
            Array.Resize(ref members, Math.Max(4, Count * 2));
        }

        members[Count++] = connection;
    }

    public bool Remove(Connection connection)
    {
        if (!connection.Places.Remove(Id, out var place))
        {
            return false;
        }

        // The last one moves into the gap: order among listeners means nothing.
        var moved = members[--Count];
        members[Count] = null!;
        if (!ReferenceEquals(moved, connection))
        {
            members[place] = moved;
            moved.Places[Id] = place;
        }

        return true;
    }

    public void Remember(long seq, OutFrame frame, long timestamp)
    {
        LastUsed = timestamp;
        if (seq != lastSeq + 1)
        {
            // What came between was not handed out here, so whoever asks reads it from the log.
            Forget();
        }

        lastSeq = seq;
        recent.Enqueue((seq, frame));
        recentBytes += frame.Bytes.Length;
        while (recent.Count > RecentFrames || (recentBytes > RecentBytes && recent.Count > 1))
        {
            recentBytes -= recent.Dequeue().Frame.Bytes.Length;
        }
    }

    public void Forget()
    {
        recent.Clear();
        recentBytes = 0;
    }

    public bool HasRecent => recent.Count > 0;

    /// <summary>Adds the frames with numbers above <paramref name="after"/> up to <paramref name="upTo"/>; false if they are not all here.</summary>
    public bool CollectAfter(long after, long upTo, List<OutFrame> frames)
    {
        if (!recent.TryPeek(out var oldest) || oldest.Seq > after + 1 || lastSeq != upTo)
        {
            return false;
        }

        foreach (var (seq, frame) in recent)
        {
            if (seq > after)
            {
                frames.Add(frame);
            }
        }

        return true;
    }
}
