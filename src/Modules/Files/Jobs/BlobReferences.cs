using ChatMonolith.Files.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files.Jobs;

/// <summary>Who needs a blob: a file, its thumbnail, an earlier version, a transfer, or an upload that goes on.</summary>
internal static class BlobReferences
{
    /// <summary>The subset of <paramref name="blobIds"/> (at most 500) that something needs.</summary>
    public static async Task<HashSet<Guid>> Among(FilesDb db, IReadOnlyCollection<Guid> blobIds, CancellationToken ct)
    {
        var needed = new HashSet<Guid>(await db.Files.Where(f => blobIds.Contains(f.BlobId)).Select(f => f.BlobId).ToListAsync(ct));
        needed.UnionWith(await db.Files.Where(f => f.ThumbnailId != null && blobIds.Contains(f.ThumbnailId.Value)).Select(f => f.ThumbnailId!.Value).ToListAsync(ct));
        needed.UnionWith(await db.Versions.Where(v => blobIds.Contains(v.BlobId)).Select(v => v.BlobId).ToListAsync(ct));
        needed.UnionWith(await db.TransferFiles.Where(f => f.BlobId != null && blobIds.Contains(f.BlobId.Value)).Select(f => f.BlobId!.Value).ToListAsync(ct));
        needed.UnionWith(await Unfinished(db, blobIds, ct));
        return needed;
    }

    /// <summary>The subset of <paramref name="blobIds"/> (at most 500) that an upload still writes.</summary>
    public static async Task<List<Guid>> Unfinished(FilesDb db, IReadOnlyCollection<Guid> blobIds, CancellationToken ct) =>
        await db.Uploads.Where(u => u.FileId == null && blobIds.Contains(u.BlobId)).Select(u => u.BlobId).ToListAsync(ct);
}
