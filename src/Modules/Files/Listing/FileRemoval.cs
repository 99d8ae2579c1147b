using ChatMonolith.Files.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files.Listing;

/// <summary>The end of files, in the log's transaction. Their bytes are owed to be removed; whether something else still needs them is asked then.</summary>
internal static class FileRemoval
{
    /// <summary>At most 1,000 files.</summary>
    public static async Task Remove(FilesDb db, IReadOnlyCollection<FileRow> files, long at, CancellationToken ct)
    {
        if (files.Count == 0)
        {
            return;
        }

        var ids = files.Select(f => f.Id).ToArray();
        var versions = await db.Versions.Where(v => ids.Contains(v.FileId)).ToListAsync(ct);
        await Owe(db, [.. files.Select(f => f.BlobId), .. files.Where(f => f.ThumbnailId is not null).Select(f => f.ThumbnailId!.Value), .. versions.Select(v => v.BlobId)], at, ct);
        db.Versions.RemoveRange(versions);
        db.Files.RemoveRange(files);
        await db.SaveChangesAsync(ct);
        await db.Hidden.Where(h => ids.Contains(h.FileId)).ExecuteDeleteAsync(ct);
        await db.Downloads.Where(d => ids.Contains(d.FileId) && d.TransferId == null).ExecuteDeleteAsync(ct);
    }

    /// <summary>The caller saves.</summary>
    public static async Task Owe(FilesDb db, IReadOnlyCollection<Guid> blobIds, long at, CancellationToken ct)
    {
        var owed = await db.Unneeded.Where(u => blobIds.Contains(u.BlobId)).Select(u => u.BlobId).ToListAsync(ct);
        db.Unneeded.AddRange(blobIds.Distinct().Except(owed).Select(id => new UnneededRow { BlobId = id, Since = at }));
    }
}
