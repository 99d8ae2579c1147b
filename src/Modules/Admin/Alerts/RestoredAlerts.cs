using System.Data.Common;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Backups;

namespace ChatMonolith.Admin.Alerts;

/// <summary>What was owed to the webhook at the backup has been told since. What is still wrong stays open, and ends when it is over.</summary>
internal sealed class RestoredAlerts : IRestoredData
{
    public Task Settle(DbConnection connection, long now, CancellationToken ct) => connection.Run("DELETE FROM admin_alert_posts", ct);
}
