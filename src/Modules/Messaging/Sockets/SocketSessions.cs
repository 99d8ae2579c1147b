using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Pushing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Sockets;

/// <inheritdoc cref="ISocketSessions"/>
internal sealed class SocketSessions(IRoomLog log, Hub hub, PushAudience audience) : ISocketSessions
{
    public Task<IReadOnlySet<Guid>> Open() => hub.Ask<IReadOnlySet<Guid>>(floor => floor.AllConnections.Select(c => c.Caller.SessionId).ToHashSet());

    public async Task End(IReadOnlyCollection<Guid> sessionIds, CancellationToken ct)
    {
        if (sessionIds.Count == 0)
        {
            return;
        }

        // The writer refuses ended sessions from its next batch on; what it was committing when they ended is done after this.
        await (audience.IsEmpty ? log.Barrier(ct) : EndSubscriptions(sessionIds, ct));
        await hub.Do(floor =>
        {
            foreach (var sessionId in sessionIds)
            {
                floor.EndSession(sessionId);
            }
        });
    }

    /// <summary>Passes through the writer as a barrier does, and takes the sessions' browsers off the list of those that are pushed to.</summary>
    private async Task EndSubscriptions(IReadOnlyCollection<Guid> sessionIds, CancellationToken ct) =>
        await log.Commit<Nothing>(
            async (tx, token) =>
            {
                var db = tx.Use<MessagingDb>();
                var over = await db.PushSubscriptions.Where(s => sessionIds.Contains(s.SessionId)).Select(s => s.Id).ToListAsync(token);
                if (over.Count > 0)
                {
                    await db.PushOwed.Where(o => over.Contains(o.SubscriptionId)).ExecuteDeleteAsync(token);
                    await db.PushSubscriptions.Where(s => over.Contains(s.Id)).ExecuteDeleteAsync(token);
                }

                return Nothing.Value;
            },
            new CommitOrigin(),
            ct);
}
