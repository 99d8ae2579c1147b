using ChatMonolith.Admin.Data;
using ChatMonolith.BuildingBlocks.Time;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace ChatMonolith.Admin.Jobs;

/// <summary>One run. <paramref name="DurationMs"/> is null while it runs; <paramref name="Attempt"/> is 1 for the first.</summary>
internal sealed record RunView(Guid Id, string Job, Instant StartedAt, long? DurationMs, RunResult Result, string? Error, string Node, RunTrigger Trigger, int Attempt)
{
    public static RunView Of(JobRunRow r) => new(r.Id, r.Job, r.StartedAt, r.EndedAt - r.StartedAt, r.Result, r.Error, r.Node, r.Trigger, r.Attempt);
}

/// <param name="Name">Module, dot, what it does.</param>
/// <param name="Description">What it does, in a sentence.</param>
/// <param name="EverySeconds">How often it runs; null where it has another kind of schedule.</param>
/// <param name="State"><c>waiting</c>, <c>running</c> or <c>paused</c>.</param>
/// <param name="NextRunAt">Null while it is paused.</param>
/// <param name="RunningSince">Null unless it runs.</param>
/// <param name="LastRun">The last that ended; null before the first.</param>
internal sealed record JobView(string Name, string Description, long? EverySeconds, string State, Instant? NextRunAt, Instant? RunningSince, RunView? LastRun);

/// <summary>The jobs as they stand: their schedules from the scheduler, their runs from the history.</summary>
internal sealed class JobViews(ISchedulerFactory schedulers, AdminDb db, PausedJobs paused)
{
    /// <returns>Null for a name that no job has.</returns>
    public async Task<JobKey?> Find(string name, CancellationToken ct)
    {
        var scheduler = await schedulers.GetScheduler(ct);
        return (await scheduler.GetJobKeys(GroupMatcher<JobKey>.AnyGroup(), ct)).Find(k => k.Name == name);
    }

    public async Task<IReadOnlyList<JobView>> All(CancellationToken ct)
    {
        var scheduler = await schedulers.GetScheduler(ct);
        var views = new List<JobView>();
        foreach (var key in (await scheduler.GetJobKeys(GroupMatcher<JobKey>.AnyGroup(), ct)).OrderBy(k => k.Name, StringComparer.Ordinal))
        {
            views.Add(await Of(scheduler, key, ct));
        }

        return views;
    }

    public async Task<JobView> Of(JobKey key, CancellationToken ct) => await Of(await schedulers.GetScheduler(ct), key, ct);

    private async Task<JobView> Of(IScheduler scheduler, JobKey key, CancellationToken ct)
    {
        await paused.Ready(ct);
        var detail = await scheduler.GetJobDetail(key, ct);
        var triggers = await scheduler.GetTriggersOfJob(key, ct);
        var running = await db.JobRuns.AsNoTracking().Where(r => r.Job == key.Name).OrderByDescending(r => r.Id).Take(5).Where(r => r.Result == RunResult.Running).Select(r => (long?)r.StartedAt).FirstOrDefaultAsync(ct);
        var last = await db.JobRuns.AsNoTracking().Where(r => r.Job == key.Name && r.EndedAt != null).OrderByDescending(r => r.Id).FirstOrDefaultAsync(ct);
        var isPaused = paused.Contains(key.Name);
        var next = isPaused ? null : triggers.Min(t => t.NextFireTimeUtc);
        var interval = triggers.OfType<ISimpleTrigger>().FirstOrDefault(t => t.RepeatInterval > TimeSpan.Zero)?.RepeatInterval;
        return new JobView(
            key.Name, detail?.Description ?? "", interval is { } every ? (long)every.TotalSeconds : null, running is not null ? "running" : isPaused ? "paused" : "waiting",
            Instant.From(next?.ToUnixTimeMilliseconds()), Instant.From(running), last is null ? null : RunView.Of(last));
    }
}
