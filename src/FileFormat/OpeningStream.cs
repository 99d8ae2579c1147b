using System.Buffers;

namespace ChatMonolith.FileFormat;

/// <summary>
/// Gives the plaintext of an encrypted file from its beginning to its end. Nothing comes out before its chunk's tag is verified; that the
/// file is whole is known when the stream has ended without an error, and not before.
/// </summary>
public sealed class OpeningStream : Stream
{
    private const int ChunksAtOnce = 16;

    /// <summary>One byte more than the chunks: whether there is one tells whether the last of them is the file's last.</summary>
    private const int BufferLength = ChunksAtOnce * Layout.SealedChunkLength + 1;

    private readonly Stream input;
    private readonly Payload payload;
    private readonly byte[] sealedBytes = ArrayPool<byte>.Shared.Rent(BufferLength);
    private readonly byte[] plain = ArrayPool<byte>.Shared.Rent(ChunksAtOnce * Layout.ChunkLength);
    private int carried;
    private long next;
    private int from;
    private int to;
    private bool isEnd;
    private bool isDisposed;

    internal OpeningStream(Stream input, Header header, Payload payload)
    {
        this.input = input;
        this.payload = payload;
        Header = header;
    }

    public Header Header { get; }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        if (from == to && !await Refill(cancellationToken))
        {
            return 0;
        }

        var some = Math.Min(buffer.Length, to - from);
        plain.AsSpan(from, some).CopyTo(buffer.Span);
        from += some;
        return some;
    }

    /// <summary>Writes all of the plaintext to <paramref name="target"/>, without a copy between.</summary>
    public async Task ReadTo(Stream target, IProgress<long>? progress, CancellationToken ct)
    {
        ObjectDisposedException.ThrowIf(isDisposed, this);
        long written = 0;
        while (from < to || await Refill(ct))
        {
            await target.WriteAsync(plain.AsMemory(from, to - from), ct);
            written += to - from;
            from = to;
            progress?.Report(written);
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Flush()
    {
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !isDisposed)
        {
            isDisposed = true;
            payload.Dispose();
            ArrayPool<byte>.Shared.Return(sealedBytes);
            ArrayPool<byte>.Shared.Return(plain, clearArray: true);
        }

        base.Dispose(disposing);
    }

    /// <returns>False at the end.</returns>
    private async ValueTask<bool> Refill(CancellationToken ct)
    {
        if (isEnd)
        {
            return false;
        }

        var held = carried + await input.ReadAtLeastAsync(sealedBytes.AsMemory(carried, BufferLength - carried), BufferLength - carried, throwOnEndOfStream: false, ct);
        isEnd = held < BufferLength;
        var sealedLength = isEnd ? held : held - 1;
        from = 0;
        to = OpenChunks(sealedLength);
        carried = held - sealedLength;
        sealedBytes[0] = sealedBytes[sealedLength];
        return to > 0;
    }

    private int OpenChunks(int sealedLength)
    {
        var opened = 0;
        var at = 0;
        do
        {
            var some = Math.Min(Layout.SealedChunkLength, sealedLength - at);
            var isLast = isEnd && at + some == sealedLength;

            // Only a file that holds nothing at all has a chunk that holds nothing.
            if (some < Layout.TagLength || (some == Layout.TagLength && next > 0))
            {
                throw new DamagedFileException();
            }

            payload.Open(next++, isLast, sealedBytes.AsSpan(at, some), plain.AsSpan(opened));
            at += some;
            opened += some - Layout.TagLength;
        }
        while (at < sealedLength);
        return opened;
    }
}
