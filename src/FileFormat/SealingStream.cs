using System.Buffers;

namespace ChatMonolith.FileFormat;

/// <summary>
/// Takes plaintext and writes the encrypted file, one megabyte at a time. What was written is a file only after <see cref="Complete"/>:
/// a stream that is disposed without it leaves something that nobody opens.
/// </summary>
public sealed class SealingStream : Stream
{
    private const int ChunksAtOnce = 16;
    private readonly Stream output;
    private readonly Payload payload;
    private readonly byte[] plain = ArrayPool<byte>.Shared.Rent(ChunksAtOnce * Layout.ChunkLength);
    private readonly byte[] sealedBytes = ArrayPool<byte>.Shared.Rent(ChunksAtOnce * Layout.SealedChunkLength);
    private long next;
    private int waiting;
    private bool isComplete;
    private bool isDisposed;

    internal SealingStream(Stream output, Header header, Payload payload)
    {
        this.output = output;
        this.payload = payload;
        Header = header;
    }

    public Header Header { get; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(isDisposed || isComplete, this);
        while (!buffer.IsEmpty)
        {
            // What is held is written only when more comes: until then one of it may be the last chunk.
            if (waiting == ChunksAtOnce * Layout.ChunkLength)
            {
                await Flush(isEnd: false, cancellationToken);
            }

            var some = Math.Min(buffer.Length, ChunksAtOnce * Layout.ChunkLength - waiting);
            buffer.Span[..some].CopyTo(plain.AsSpan(waiting));
            waiting += some;
            buffer = buffer[some..];
        }
    }

    /// <summary>Reads <paramref name="source"/> to its end, without a copy between.</summary>
    /// <param name="source">The plaintext.</param>
    /// <param name="progress">Told the number of bytes taken, each time.</param>
    /// <param name="ct">Cancels.</param>
    public async Task WriteFrom(Stream source, IProgress<long>? progress, CancellationToken ct)
    {
        ObjectDisposedException.ThrowIf(isDisposed || isComplete, this);
        long taken = 0;
        while (true)
        {
            if (waiting == ChunksAtOnce * Layout.ChunkLength)
            {
                // One byte tells whether more comes.
                var one = new byte[1];
                if (await source.ReadAsync(one, ct) == 0)
                {
                    return;
                }

                await Flush(isEnd: false, ct);
                plain[0] = one[0];
                waiting = 1;
                taken++;
            }

            var read = await source.ReadAsync(plain.AsMemory(waiting, ChunksAtOnce * Layout.ChunkLength - waiting), ct);
            if (read == 0)
            {
                return;
            }

            waiting += read;
            taken += read;
            progress?.Report(taken);
        }
    }

    /// <summary>Writes the last chunk. The output is flushed, and not closed.</summary>
    public async Task Complete(CancellationToken ct)
    {
        ObjectDisposedException.ThrowIf(isDisposed || isComplete, this);
        await Flush(isEnd: true, ct);
        isComplete = true;
        await output.FlushAsync(ct);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write asynchronously.");

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing && !isDisposed)
        {
            isDisposed = true;
            payload.Dispose();
            ArrayPool<byte>.Shared.Return(plain, clearArray: true);
            ArrayPool<byte>.Shared.Return(sealedBytes);
        }

        base.Dispose(disposing);
    }

    private async ValueTask Flush(bool isEnd, CancellationToken ct)
    {
        var length = 0;
        var at = 0;
        do
        {
            var some = Math.Min(Layout.ChunkLength, waiting - at);
            payload.Seal(next++, isEnd && at + some == waiting, plain.AsSpan(at, some), sealedBytes.AsSpan(length));
            length += some + Layout.TagLength;
            at += some;
        }
        while (at < waiting);
        waiting = 0;
        await output.WriteAsync(sealedBytes.AsMemory(0, length), ct);
    }
}
