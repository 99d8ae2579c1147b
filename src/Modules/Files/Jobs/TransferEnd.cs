using ChatMonolith.Files.Data;
using ChatMonolith.Files.Listing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files.Jobs;

/// <summary>A transfer lets go of its files: what nothing else needs is owed to be removed. In the log's transaction.</summary>
internal static class TransferEnd
{
    public static async Task Let(FilesDb db, TransferRow transfer, long at, CancellationToken ct)
    {
        if (transfer.EndedAt is not null)
        {
            return;
        }

        var files = await db.TransferFiles.Where(f => f.TransferId == transfer.Id && f.BlobId != null).ToListAsync(ct);
        await FileRemoval.Owe(db, [.. files.Select(f => f.BlobId!.Value)], at, ct);
        files.ForEach(f => f.BlobId = null);
        transfer.EndedAt = at;
        await db.SaveChangesAsync(ct);
    }
}
