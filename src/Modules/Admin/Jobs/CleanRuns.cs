using ChatMonolith.Admin.Data;
using ChatMonolith.BuildingBlocks.Time;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using Quartz;

namespace ChatMonolith.Admin.Jobs;

/// <summary>Forgets old runs, of which the last hundred of each job stay, and alerts that ended long ago.</summary>
[DisallowConcurrentExecution]
internal sealed class CleanRuns(AdminDb db, IOptions<AdminOptions> options, TimeProvider time) : IJob
{
    public const string Name = "admin.clean-runs";
    private const int Kept = 100;
    private const int AlertDays = 90;
    private const long Day = 24 * 60 * 60 * 1000;

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var before = Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(time.Now() - (options.Value.JobHistoryDays * Day)));
        foreach (var job in await db.JobRuns.Select(r => r.Job).Distinct().ToListAsync(cancellationToken))
        {
            var last = await db.JobRuns.Where(r => r.Job == job).OrderByDescending(r => r.Id).Skip(Kept).Select(r => (Guid?)r.Id).FirstOrDefaultAsync(cancellationToken);
            if (last is { } oldest)
            {
                var upTo = oldest.CompareTo(before) < 0 ? oldest : before;
                await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
                await db.JobRuns.Where(r => r.Job == job && r.Id.CompareTo(upTo) <= 0).ExecuteDeleteAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }
        }

        var ended = time.Now() - (AlertDays * Day);
        await using var forgetting = await db.Database.BeginTransactionAsync(cancellationToken);
        await db.Alerts.Where(a => a.EndedAt < ended).ExecuteDeleteAsync(cancellationToken);
        await forgetting.CommitAsync(cancellationToken);
    }
}
