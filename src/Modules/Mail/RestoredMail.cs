using System.Data.Common;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Backups;

namespace ChatMonolith.Mail;

/// <summary>Letters that waited when the backup was made have left since, and the codes in them are void.</summary>
internal sealed class RestoredMail : IRestoredData
{
    public Task Settle(DbConnection connection, long now, CancellationToken ct) => connection.Run("DELETE FROM mail_outbox WHERE dead_at IS NULL", ct);
}
