using ChatMonolith.Contracts.Admin;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Files.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files.Administration;

internal sealed class FileStatistics(FilesDb db, TimeProvider time) : IStatistics
{
    public async Task<IReadOnlyList<Figure>> Read(CancellationToken ct)
    {
        var now = time.Now();
        return
        [
            new Figure("files", await db.Files.CountAsync(ct)),
            new Figure("files.bytes", await db.Files.SumAsync(f => f.Size, ct) + await db.Versions.SumAsync(v => v.Size, ct)),
            new Figure("transfers.open", await db.Transfers.CountAsync(t => t.EndedAt == null && t.RevokedAt == null && t.ExpiresAt > now, ct)),
            new Figure("queue.bytes", await db.Unneeded.CountAsync(ct)),
        ];
    }
}
