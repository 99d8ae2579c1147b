using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Storage;
using MediatR;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Quartz;

namespace ChatMonolith.Rooms.Jobs;

/// <summary>
/// Removes what remains of deleted rooms. The other modules remove their part first; a room whose part somewhere could not be removed
/// keeps its row, and its turn comes again.
/// </summary>
[DisallowConcurrentExecution]
internal sealed class PurgeRooms(RoomsDb db, IMediator mediator, ILogger<PurgeRooms> logger) : IJob
{
    private const int PerRun = 100;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var ids = await db.Rooms.Where(r => r.DeletedAt != null).OrderBy(r => r.DeletedAt).Select(r => r.Id).Take(PerRun).ToListAsync(cancellationToken);
        foreach (var id in ids)
        {
            try
            {
                await mediator.Publish(new RoomDeleted(id), cancellationToken);
                await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
                await db.Rooms.Where(r => r.Id == id && r.DeletedAt != null).ExecuteDeleteAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }
            catch (Exception e) when (!cancellationToken.IsCancellationRequested)
            {
                // One room that resists must not keep the others.
                logger.LogWarning(e, "What remains of the deleted room {RoomId} could not be removed; it is tried again", id);
            }
        }
    }
}
