using System.Data.Common;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Backups;
using ChatMonolith.Messaging.Data;

namespace ChatMonolith.Messaging;

/// <summary>The logs begin another life: every number that a client remembers is void. Pushes that were owed went out, or are late.</summary>
internal sealed class RestoredLogs : IRestoredData
{
    public async Task Settle(DbConnection connection, long now, CancellationToken ct)
    {
        await connection.Run("UPDATE msg_meta SET value = @value WHERE key = @key", ct, ("@value", Guid.NewGuid().ToString("N")), ("@key", MetaRow.Epoch));
        await connection.Run("DELETE FROM msg_push_owed", ct);
    }
}
