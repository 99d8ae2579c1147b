using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Rooms.Storage;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace ChatMonolith.Rooms.Jobs;

/// <summary>Removes invitations a week after they ended; until then their codes still answer <c>gone</c> instead of <c>not_found</c>.</summary>
[DisallowConcurrentExecution]
internal sealed class PurgeInvites(RoomsDb db, TimeProvider time) : IJob
{
    private const int PerTransaction = 500;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(7);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var before = time.Now() - (long)Kept.TotalMilliseconds;
        int removed;
        do
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var ids = await db.Invites.Where(i => i.ExpiresAt < before || i.UsedUpAt < before).OrderBy(i => i.Id).Select(i => i.Id).Take(PerTransaction).ToListAsync(cancellationToken);
            removed = ids.Count == 0 ? 0 : await db.Invites.Where(i => ids.Contains(i.Id)).ExecuteDeleteAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        while (removed > 0);
    }
}
