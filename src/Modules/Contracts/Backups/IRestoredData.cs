using System.Data.Common;

namespace ChatMonolith.Contracts.Backups;

/// <summary>
/// What a module does to its tables in a restored or imported database before anybody is served from it: what was good for one use is
/// void, what was owed to the outside may have been delivered already, and what is remembered of the logs' numbers no longer holds.
/// </summary>
public interface IRestoredData
{
    /// <param name="connection">Open, to the restored database and to no other.</param>
    /// <param name="now">UTC milliseconds.</param>
    /// <param name="ct">Cancels.</param>
    Task Settle(DbConnection connection, long now, CancellationToken ct);
}
