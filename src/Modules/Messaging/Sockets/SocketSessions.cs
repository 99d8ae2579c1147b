using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Messaging;

namespace ChatMonolith.Messaging.Sockets;

/// <inheritdoc cref="ISocketSessions"/>
internal sealed class SocketSessions(IRoomLog log, Hub hub) : ISocketSessions
{
    public Task<IReadOnlySet<Guid>> Open() => hub.Ask<IReadOnlySet<Guid>>(floor => floor.AllConnections.Select(c => c.Caller.SessionId).ToHashSet());

    public async Task End(IReadOnlyCollection<Guid> sessionIds, CancellationToken ct)
    {
        if (sessionIds.Count == 0)
        {
            return;
        }

        // The writer refuses ended sessions from its next batch on; what it was committing when they ended is done after this.
        await log.Barrier(ct);
        await hub.Do(floor =>
        {
            foreach (var sessionId in sessionIds)
            {
                floor.EndSession(sessionId);
            }
        });
    }
}
