using Quartz;

namespace ChatMonolith.BuildingBlocks.Modules;

/// <summary>How modules schedule what they do again and again.</summary>
public static class JobSchedules
{
    /// <summary>The first minute after a start belongs to the people who come back.</summary>
    private static readonly TimeSpan AfterTheRush = TimeSpan.FromMinutes(1);

    /// <param name="jobs">Where it is scheduled.</param>
    /// <param name="name">Its name, which the administration shows.</param>
    /// <param name="description">What it does, in one sentence for the administration.</param>
    /// <param name="interval">From the beginning of one run to that of the next.</param>
    /// <param name="first">How long after the start it runs first; null: when the rush is over.</param>
    public static void Every<TJob>(this IQuartzBuilder jobs, string name, string description, TimeSpan interval, TimeSpan? first = null)
        where TJob : class, IJob =>
        jobs.ScheduleJob<TJob>(
            trigger => trigger.WithIdentity(name).StartAt(TimeProvider.System.GetUtcNow() + (first ?? AfterTheRush)).WithSimpleSchedule(s => s.WithInterval(interval).RepeatForever()),
            job => job.WithIdentity(name).WithDescription(description));
}
