using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Mail.Data;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace ChatMonolith.Mail.Sending;

/// <summary>Forgets dead letters after thirty days.</summary>
[DisallowConcurrentExecution]
internal sealed class CleanMail(MailDb db, TimeProvider time) : IJob
{
    public const string Name = "mail.clean";
    private static readonly TimeSpan Kept = TimeSpan.FromDays(30);

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var before = time.Now() - (long)Kept.TotalMilliseconds;
        await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Outbox.Where(r => r.DeadAt < before).ExecuteDeleteAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
    }
}
