using System.Data.Common;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Backups;

namespace ChatMonolith.Files;

/// <summary>Uploads that went on have no bytes in a backup, and what a download token allowed may have been taken since.</summary>
internal sealed class RestoredFiles : IRestoredData
{
    public async Task Settle(DbConnection connection, long now, CancellationToken ct)
    {
        await connection.Run("DELETE FROM files_uploads", ct);
        await connection.Run("DELETE FROM files_tokens", ct);

        // Bytes without a row are not in a backup.
        await connection.Run("DELETE FROM files_unneeded", ct);
    }
}
