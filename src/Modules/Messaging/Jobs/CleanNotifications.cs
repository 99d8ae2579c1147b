using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Messaging.Data;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace ChatMonolith.Messaging.Jobs;

/// <summary>Forgets old notifications, and browsers whose session has ended without a word (a crash in the moment of its end).</summary>
[DisallowConcurrentExecution]
internal sealed class CleanNotifications(MessagingDb db, ISessionState sessions, TimeProvider time) : IJob
{
    public const string Name = "messaging.clean-notifications";
    private const int AtOnce = 500;
    private static readonly TimeSpan Kept = TimeSpan.FromDays(90);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        // Ids begin with their time.
        var before = Guid.CreateVersion7(time.GetUtcNow() - Kept);
        int removed;
        do
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var ids = await db.Notifications.Where(n => n.Id < before).OrderBy(n => n.Id).Select(n => n.Id).Take(AtOnce).ToListAsync(cancellationToken);
            removed = ids.Count == 0 ? 0 : await db.Notifications.Where(n => ids.Contains(n.Id)).ExecuteDeleteAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }
        while (removed == AtOnce);

        foreach (var some in (await db.PushSubscriptions.Select(s => new { s.Id, s.SessionId }).ToListAsync(cancellationToken)).Chunk(AtOnce))
        {
            var living = await sessions.Living([.. some.Select(s => s.SessionId)], cancellationToken);
            Guid[] over = [.. some.Where(s => !living.Contains(s.SessionId)).Select(s => s.Id)];
            if (over.Length > 0)
            {
                await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
                await db.PushOwed.Where(o => over.Contains(o.SubscriptionId)).ExecuteDeleteAsync(cancellationToken);
                await db.PushSubscriptions.Where(s => over.Contains(s.Id)).ExecuteDeleteAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }
        }
    }
}
