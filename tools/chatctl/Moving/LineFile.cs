namespace ChatMonolith.Chatctl.Moving;

/// <summary>The lines of a file as bytes, one at a time, each with a bound.</summary>
internal sealed class LineFile(string path) : IDisposable
{
    /// <summary>The longest row: a picture, in base64.</summary>
    private const int LineMax = 64 * 1024 * 1024;

    private readonly FileStream file = new(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0, FileOptions.SequentialScan);
    private byte[] buffer = new byte[1024 * 1024];
    private int start;
    private int length;
    private int end;

    /// <summary>Good until the next is asked for; without its line feed.</summary>
    public ReadOnlySpan<byte> Line => buffer.AsSpan(start, length);

    public long Number { get; private set; }

    public bool Next()
    {
        start = Number == 0 ? 0 : Math.Min(end, start + length + 1);
        for (var looked = 0; ;)
        {
            var found = buffer.AsSpan(start + looked, end - start - looked).IndexOf((byte)'\n');
            if (found >= 0)
            {
                return Is(looked + found);
            }

            looked = end - start;
            if (looked > LineMax)
            {
                throw new RefusedException($"{path}, line {Number + 1} is too long.");
            }

            if (!Fill())
            {
                return looked > 0 && Is(looked);
            }
        }
    }

    public void Dispose() => file.Dispose();

    private bool Is(int found)
    {
        length = found;
        Number++;
        return true;
    }

    private bool Fill()
    {
        if (start > 0)
        {
            buffer.AsSpan(start, end - start).CopyTo(buffer);
            (start, end) = (0, end - start);
        }

        if (end == buffer.Length)
        {
            Array.Resize(ref buffer, buffer.Length * 2);
        }

        var read = file.Read(buffer, end, buffer.Length - end);
        end += read;
        return read > 0;
    }
}
