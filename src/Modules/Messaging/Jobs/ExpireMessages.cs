using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Retaining;
using Microsoft.Extensions.Logging;
using Quartz;

namespace ChatMonolith.Messaging.Jobs;

/// <summary>Removes what is older than its room keeps it.</summary>
[DisallowConcurrentExecution]
internal sealed class ExpireMessages(IRoomRetention rooms, RoomExpiry expiry, TimeProvider time, ILogger<ExpireMessages> logger) : IJob
{
    public const string Name = "messaging.expire";
    private const long Day = 24 * 60 * 60 * 1000;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var now = time.Now();
        await foreach (var (roomId, days) in rooms.WithRetention(cancellationToken))
        {
            try
            {
                await expiry.Expire(roomId, now - (days * Day), cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // One room that resists must not keep the others.
                logger.LogWarning(e, "The old messages of the room {RoomId} could not be removed; it is tried again", roomId);
            }
        }
    }
}
