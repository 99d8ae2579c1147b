namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>
/// Several frames copied together, so that they are one write. Members of a room wait for the same frames, so what was gathered for one
/// is used for the next as it is.
/// </summary>
internal sealed class Gathering
{
    public const int Room = 64 * 1024;
    private const int MostFrames = 1024;

    [ThreadStatic]
    private static Gathering? current;

    private readonly byte[] bytes = new byte[Room];
    private readonly List<ReadOnlyMemory<byte>> gathered = [];
    private int length;

    /// <summary>That of this thread.</summary>
    public static Gathering Current => current ??= new Gathering();

    /// <summary>The first frame, which must fit, and as many of those behind it as fit too. Valid until the next call on this thread.</summary>
    public ReadOnlyMemory<byte> Of(Queue<(OutFrame Frame, Guid Topic)> frames)
    {
        if (!IsSame(frames))
        {
            Fill(frames);
        }

        return bytes.AsMemory(0, length);
    }

    /// <summary>Frames of a list from <paramref name="first"/> on; one that does not fit at all is given as it is.</summary>
    public ReadOnlyMemory<byte> Of(IReadOnlyList<OutFrame> frames, int first, out int count)
    {
        gathered.Clear();
        length = 0;
        for (count = 0; first + count < frames.Count && TryAdd(frames[first + count].Bytes); count++)
        {
            // Until one does not fit.
        }

        if (count > 0)
        {
            return bytes.AsMemory(0, length);
        }

        count = 1;
        return frames[first].Bytes;
    }

    private bool IsSame(Queue<(OutFrame Frame, Guid Topic)> frames)
    {
        if (gathered.Count == 0 || frames.Count != gathered.Count)
        {
            return false;
        }

        var i = 0;
        foreach (var (frame, _) in frames)
        {
            // Of the same memory, not merely equal.
            if (!frame.Bytes.Equals(gathered[i++]))
            {
                return false;
            }
        }

        return true;
    }

    private void Fill(Queue<(OutFrame Frame, Guid Topic)> frames)
    {
        gathered.Clear();
        length = 0;
        foreach (var (frame, _) in frames)
        {
            if (!TryAdd(frame.Bytes))
            {
                break;
            }
        }
    }

    private bool TryAdd(ReadOnlyMemory<byte> frame)
    {
        if (frame.Length > Room - length || gathered.Count == MostFrames)
        {
            return false;
        }

        frame.CopyTo(bytes.AsMemory(length));
        length += frame.Length;
        gathered.Add(frame);
        return true;
    }
}
