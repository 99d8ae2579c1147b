using System.Security.Cryptography;
using ChatMonolith.Backups.Format;
using ChatMonolith.Backups.Stores;
using ChatMonolith.FileFormat;

namespace ChatMonolith.Backups.Restoring;

/// <summary>A content of a point, put together from its chunks; each is verified before a byte of it comes out, and the whole at the end.</summary>
internal sealed class ContentStream(IBackupStore store, Content content, PrivateKey key) : Stream
{
    private readonly IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private ReadOnlyMemory<byte> rest;
    private int next;
    private bool isChecked;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => content.Size;

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (rest.IsEmpty && !await Open(cancellationToken).ConfigureAwait(false))
        {
            return 0;
        }

        var some = Math.Min(buffer.Length, rest.Length);
        rest[..some].CopyTo(buffer);
        rest = rest[some..];
        return some;
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        hash.Dispose();
        base.Dispose(disposing);
    }

    private async Task<bool> Open(CancellationToken ct)
    {
        if (next == content.Chunks.Count)
        {
            if (!isChecked && Convert.ToHexStringLower(hash.GetHashAndReset()) != content.Sha256)
            {
                throw new BackupDamagedException("a content does not have the hash that the manifest says");
            }

            isChecked = true;
            return false;
        }

        var chunk = content.Chunks[next++];
        await using var sealedBytes = await store.Read(StoreNames.OfObject(chunk.Object), ct).ConfigureAwait(false) ?? throw new BackupDamagedException($"the object {chunk.Object} is missing");
        var plain = await ChunkCodec.Open(sealedBytes, chunk, key, ct).ConfigureAwait(false);
        hash.AppendData(plain);
        rest = plain;
        return true;
    }
}
