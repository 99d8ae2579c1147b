using ChatMonolith.BuildingBlocks.Modules;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Quartz;

namespace ChatMonolith.Backups.Jobs;

/// <summary>Puts the schedules of the settings into the scheduler's store, where an earlier start's may stand.</summary>
internal sealed class BackupSchedule(ISchedulerFactory schedulers, IOptions<BackupsOptions> options, IHostApplicationLifetime lifetime) : AfterStart(lifetime)
{
    protected override async Task Begin(CancellationToken stoppingToken)
    {
        var scheduler = await schedulers.GetScheduler(stoppingToken);
        await Set(scheduler, MakeBackup.Key, options.Value.Schedule, stoppingToken);
        await Set(scheduler, RunDrill.Key, options.Value.DrillSchedule, stoppingToken);
    }

    private async Task Set(IScheduler scheduler, JobKey job, string schedule, CancellationToken ct)
    {
        var key = new TriggerKey(job.Name);
        if (!options.Value.Works)
        {
            await scheduler.UnscheduleJob(key, ct);
            return;
        }

        // The same one stays as it is, with what it knows of its last run and whether somebody has paused it.
        if (await scheduler.GetTrigger(key, ct) is ICronTrigger there && there.CronExpressionString == schedule)
        {
            return;
        }

        var trigger = TriggerBuilder.Create().WithIdentity(key).ForJob(job).WithCronSchedule(schedule, c => c.InTimeZone(TimeZoneInfo.Utc).WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)).Build();
        if (await scheduler.RescheduleJob(key, trigger, ct) is null)
        {
            await scheduler.ScheduleJob(trigger, cancellationToken: ct);
        }
    }
}
