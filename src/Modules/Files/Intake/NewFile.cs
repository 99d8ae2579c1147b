using System.Security.Cryptography;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Files.Blobs;
using ChatMonolith.Files.Kinds;

namespace ChatMonolith.Files.Intake;

/// <summary>Bytes that are durable under their name, and what they are; no row knows of them yet.</summary>
internal sealed record NewFile(
    Guid Id, Guid BlobId, string Name, long Size, byte[] Sha256, string ContentType, bool Encrypted, int? Width, int? Height, Guid? ThumbnailId, string? ThumbnailType)
{
    /// <summary>By which a repeat is told from another file.</summary>
    public string Identity => $"{Name}\n{Size}\n{Convert.ToHexStringLower(Sha256)}";
}

/// <summary>Looks at finished bytes before anybody gets to see them.</summary>
internal sealed class Examination(IBlobStore blobs, Thumbnails thumbnails)
{
    private const int BufferBytes = 128 * 1024;

    /// <param name="id">The file's.</param>
    /// <param name="blobId">Finished.</param>
    /// <param name="name">Cleaned.</param>
    /// <param name="size">In bytes.</param>
    /// <param name="sha256">As it was computed on the way in; null to read it all once more.</param>
    /// <param name="ct">Cancels the reading.</param>
    public async Task<NewFile> Of(Guid id, Guid blobId, string name, long size, byte[]? sha256, CancellationToken ct)
    {
        if (await blobs.Length(blobId, ct) is var stored && stored != size)
        {
            throw new BlobLostException($"The blob {blobId} has {stored} bytes where {size} were written.");
        }

        var head = await Head(blobId, size, ct);
        var encrypted = Signature.IsEncrypted(head);
        var type = Signature.TypeOf(head, isWhole: head.Length == size);
        var sides = PictureSize.Of(type, head);
        var thumbnail = encrypted ? null : await thumbnails.Of(blobId, size, type, sides, ct);
        Guid? thumbnailId = thumbnail is null ? null : await Store(thumbnail.Bytes, ct);
        return new NewFile(
            id, blobId, name, size, sha256 ?? await Hash(blobId, size, ct), type, encrypted, sides?.Width, sides?.Height, thumbnailId, thumbnail?.ContentType);
    }

    /// <summary>Small bytes under a name of their own.</summary>
    public async Task<Guid> Store(byte[] bytes, CancellationToken ct)
    {
        var id = Guid.NewGuid();
        await using var writer = await blobs.Write(id, bytes.Length, BlobState.None, ct);
        await writer.Write(bytes, ct);
        await writer.Finish(ct);
        return id;
    }

    private async Task<byte[]> Head(Guid blobId, long size, CancellationToken ct)
    {
        var head = new byte[Math.Min(size, Signature.Looked)];
        await using var bytes = await Open(blobId, head.Length, ct);
        await bytes.ReadExactlyAsync(head, ct);
        return head;
    }

    private async Task<byte[]> Hash(Guid blobId, long size, CancellationToken ct)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        await using var bytes = await Open(blobId, size, ct);
        var buffer = new byte[BufferBytes];
        int read;
        while ((read = await bytes.ReadAsync(buffer, ct)) > 0)
        {
            hash.AppendData(buffer, 0, read);
        }

        return hash.GetHashAndReset();
    }

    private async Task<Stream> Open(Guid blobId, long count, CancellationToken ct) =>
        await blobs.Read(blobId, 0, count, ct) ?? throw new BlobLostException($"The blob {blobId} is gone right after it was finished.");
}
