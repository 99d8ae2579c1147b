using System.Globalization;
using ChatMonolith.Admin.Data;
using ChatMonolith.Admin.Live;
using ChatMonolith.BuildingBlocks.Time;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Quartz;

namespace ChatMonolith.Admin.Jobs;

/// <summary>
/// Stands around every run of every job: leaves out what is paused, writes the history, tells admins who watch, and tries a failed one
/// again. What a job does must be done once whatever happens here: the history is a record of runs, and nothing hangs on it.
/// </summary>
internal sealed class JobRuns(IServiceScopeFactory scopes, PausedJobs paused, AdminWatchers watchers, TimeProvider time, ILogger<JobRuns> logger) : IJobExecutionMiddleware
{
    public const string TriggerKey = "trigger";
    public const string AttemptKey = "attempt";
    private static readonly TimeSpan[] RetryAfter = [TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(5)];

    public async ValueTask Invoke(IJobExecutionContext context, JobExecutionDelegate next, CancellationToken cancellationToken = default)
    {
        var name = context.JobDetail.Key.Name;
        var trigger = Enum.TryParse<RunTrigger>(Text(context, TriggerKey), out var known) ? known : RunTrigger.Schedule;
        await Quietly(async () => await paused.Ready(cancellationToken));
        if (paused.Contains(name) && trigger is not RunTrigger.Manual)
        {
            return;
        }

        var now = time.Now();
        var run = new JobRunRow
        {
            Id = Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(now)),
            Job = name,
            StartedAt = now,
            Node = paused.Node,
            Trigger = trigger,
            Attempt = int.TryParse(Text(context, AttemptKey), NumberStyles.None, CultureInfo.InvariantCulture, out var attempt) ? attempt : 1,
        };
        await Quietly(() => Write(db => db.JobRuns.Add(run)));
        await watchers.TellJob(name);
        try
        {
            await next(context, cancellationToken);
            await End(run, RunResult.Succeeded, error: null);
        }
        catch (Exception e) when (e is OperationCanceledException && cancellationToken.IsCancellationRequested)
        {
            await End(run, RunResult.Interrupted, error: null);
            throw;
        }
        catch (Exception e)
        {
            logger.LogError(e, "The job {Job} failed, attempt {Attempt}", name, run.Attempt);
            await End(run, RunResult.Failed, e.GetBaseException().Message);
            await Quietly(() => Retry(context, run));
            throw;
        }
    }

    private static string? Text(IJobExecutionContext context, string key) => context.MergedJobDataMap.TryGetValue(key, out var value) ? value?.ToString() : null;

    private async Task End(JobRunRow run, RunResult result, string? error)
    {
        var ended = time.Now();
        var shown = error is { Length: > JobRunRow.MaxError } ? error[..JobRunRow.MaxError] : error;
        await Quietly(async () =>
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<AdminDb>();
            await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
            await db.JobRuns.Where(r => r.Id == run.Id).ExecuteUpdateAsync(
                set => set.SetProperty(r => r.EndedAt, ended).SetProperty(r => r.Result, result).SetProperty(r => r.Error, shown), CancellationToken.None);
            await transaction.CommitAsync(CancellationToken.None);
        });
        await watchers.TellJob(run.Job);
    }

    /// <summary>Unless the schedule comes before.</summary>
    private async Task Retry(IJobExecutionContext context, JobRunRow run)
    {
        if (run.Attempt > RetryAfter.Length)
        {
            return;
        }

        var at = time.GetUtcNow() + RetryAfter[run.Attempt - 1];
        var scheduled = (await context.Scheduler.GetTriggersOfJob(context.JobDetail.Key, CancellationToken.None)).Min(t => t.NextFireTimeUtc);
        if (scheduled < at)
        {
            return;
        }

        var trigger = TriggerBuilder.Create().ForJob(context.JobDetail.Key).WithIdentity($"{run.Job}.retry.{run.Id:N}").StartAt(at)
            .UsingJobData(TriggerKey, nameof(RunTrigger.Retry)).UsingJobData(AttemptKey, (run.Attempt + 1).ToString(CultureInfo.InvariantCulture)).Build();
        await context.Scheduler.ScheduleJob(trigger, cancellationToken: CancellationToken.None);
    }

    private async Task Write(Action<AdminDb> change)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AdminDb>();
        change(db);
        await db.SaveChangesAsync(CancellationToken.None);
    }

    private async Task Quietly(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (Exception e)
        {
            logger.LogWarning(e, "The history of jobs could not be written");
        }
    }
}
