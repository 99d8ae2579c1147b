using System.Buffers;
using System.Security.Cryptography;

namespace ChatMonolith.FileFormat;

/// <summary>Reads ciphertext from <paramref name="offset"/> on, until <paramref name="target"/> is full.</summary>
public delegate ValueTask ReadCiphertext(long offset, Memory<byte> target, CancellationToken ct);

/// <summary>Opens parts of an encrypted file alone. Plaintext position <c>p</c> lies in chunk <c>p / 65,536</c>.</summary>
public sealed class OpenedRanges : IDisposable
{
    private readonly ReadCiphertext read;
    private readonly Payload payload;
    private readonly long sealedLength;

    private OpenedRanges(Header header, Payload payload, ReadCiphertext read, long sealedLength)
    {
        Header = header;
        this.payload = payload;
        this.read = read;
        this.sealedLength = sealedLength;
        Length = Layout.PlainLength(sealedLength);
    }

    public Header Header { get; }

    /// <summary>The plaintext's length, proven: the last chunk was opened as the last.</summary>
    public long Length { get; }

    /// <param name="read">The ciphertext; its offset 0 is the first byte of the file.</param>
    /// <param name="fileLength">The encrypted file's length.</param>
    /// <param name="opener">Who opens.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="DamagedFileException">It does not open, or it is cut.</exception>
    /// <exception cref="NewerVersionException">Another version, suite, chunk size or flag.</exception>
    public static async Task<OpenedRanges> Open(ReadCiphertext read, long fileLength, Opener opener, CancellationToken ct)
    {
        var prefix = new byte[Layout.PrefixLength];
        if (fileLength < Layout.HeaderMin)
        {
            throw new DamagedFileException();
        }

        await read(0, prefix, ct);
        var length = Header.LengthFrom(prefix);
        if (fileLength < length + Layout.TagLength)
        {
            throw new DamagedFileException();
        }

        var bytes = new byte[length];
        await read(0, bytes, ct);
        var header = Header.Parse(bytes);
        var fileKey = header.Open(opener);
        var ranges = new OpenedRanges(header, new Payload(fileKey, header.Salt), read, fileLength - length);
        CryptographicOperations.ZeroMemory(fileKey);
        try
        {
            // The last chunk first, so that a cut file is noticed.
            await ranges.Chunk(Layout.ChunksOf(ranges.Length) - 1, new byte[Layout.ChunkLength], ct);
            return ranges;
        }
        catch
        {
            ranges.Dispose();
            throw;
        }
    }

    /// <returns>How many bytes came: fewer than asked for only at the end.</returns>
    /// <exception cref="DamagedFileException">A chunk's tag is wrong.</exception>
    public async Task<int> Read(long position, Memory<byte> target, CancellationToken ct)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(position);
        var chunk = ArrayPool<byte>.Shared.Rent(Layout.ChunkLength);
        var done = 0;
        try
        {
            while (done < target.Length && position + done < Length)
            {
                var index = (position + done) / Layout.ChunkLength;
                var length = await Chunk(index, chunk, ct);
                var skip = (int)((position + done) % Layout.ChunkLength);
                var some = Math.Min(length - skip, target.Length - done);
                chunk.AsMemory(skip, some).CopyTo(target[done..]);
                done += some;
            }

            return done;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk, clearArray: true);
        }
    }

    public void Dispose() => payload.Dispose();

    private async Task<int> Chunk(long index, byte[] target, CancellationToken ct)
    {
        var offset = index * Layout.SealedChunkLength;
        var length = (int)Math.Min(Layout.SealedChunkLength, sealedLength - offset);
        var bytes = ArrayPool<byte>.Shared.Rent(Layout.SealedChunkLength);
        try
        {
            await read(Header.Length + offset, bytes.AsMemory(0, length), ct);
            payload.Open(index, offset + length == sealedLength, bytes.AsSpan(0, length), target);
            return length - Layout.TagLength;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }
}
