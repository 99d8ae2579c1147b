using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.Data.Sqlite;
using Quartz;

namespace ChatMonolith.Host;

/// <summary>Quartz with its persistent store: a SQLite file of its own, or the same PostgreSQL.</summary>
internal static class Scheduler
{
    public static void AddScheduler(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddQuartz(quartz =>
        {
            foreach (var module in Modules.All)
            {
                module.AddJobs(quartz);
            }
        });
        services.AddQuartzHostedService(o => o.WaitForJobsToComplete = true);
    }
}
