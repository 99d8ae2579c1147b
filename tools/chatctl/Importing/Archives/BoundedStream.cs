namespace ChatMonolith.Chatctl.Importing.Archives;

/// <summary>
/// Reads exactly as many bytes as an entry says it has: more, or fewer, is damage, and more is not looked at. At the end their checksum
/// is compared (CRC-32 as zip has it), which the runtime's own reader does not do.
/// </summary>
internal sealed class BoundedStream(Stream inner, ArchiveEntry entry) : Stream
{
    private static readonly uint[] Table = [.. Enumerable.Range(0, 256).Select(Remainder)];
    private long read;
    private uint crc = uint.MaxValue;
    private bool hasEnded;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => entry.Size;

    public override long Position
    {
        get => read;
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override int Read(Span<byte> buffer)
    {
        var now = inner.Read(buffer);
        Take(buffer[..now], buffer.Length);
        return now;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var now = await inner.ReadAsync(buffer, cancellationToken);
        Take(buffer.Span[..now], buffer.Length);
        return now;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            inner.Dispose();
        }

        base.Dispose(disposing);
    }

    private static uint Remainder(int value)
    {
        var remainder = (uint)value;
        for (var bit = 0; bit < 8; bit++)
        {
            remainder = (remainder & 1) == 0 ? remainder >> 1 : (remainder >> 1) ^ 0xEDB88320;
        }

        return remainder;
    }

    private void Take(ReadOnlySpan<byte> bytes, int wanted)
    {
        read += bytes.Length;
        hasEnded |= bytes.Length == 0 && wanted > 0;
        if (read > entry.Size || (hasEnded && read < entry.Size))
        {
            throw new InvalidDataException($"{entry.Name} does not have the {entry.Size} bytes that the archive says.");
        }

        if (entry.Crc is not { } expected)
        {
            return;
        }

        var sum = crc;
        foreach (var b in bytes)
        {
            sum = Table[(byte)(sum ^ b)] ^ (sum >> 8);
        }

        crc = sum;
        if (hasEnded && ~sum != expected)
        {
            throw new InvalidDataException($"{entry.Name} does not have the checksum that the archive says.");
        }
    }
}
