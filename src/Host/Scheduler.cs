using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.Data.Sqlite;
using Npgsql;
using Quartz;

namespace ChatMonolith.Host;

/// <summary>
/// Quartz with its persistent store: a SQLite file of its own, so that its bookkeeping never waits for the write gate, or the same
/// PostgreSQL. Each module names and schedules its jobs itself.
/// </summary>
internal static class Scheduler
{
    private const string StoreFile = "jobs.db";
    private const int MostConnections = 10;

    public static void AddScheduler(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddQuartz(quartz =>
        {
            quartz.UsePersistentStore(store =>
            {
                store.ProvisionSchema();
                store.UseSystemTextJsonSerializer(_ => { });
                if (configuration.GetValue<DatabaseProvider>("Database:Provider") is DatabaseProvider.PostgreSql)
                {
                    store.UsePostgres(new NpgsqlConnectionStringBuilder(configuration.GetConnectionString("Default") ?? "") { MaxPoolSize = MostConnections }.ToString());
                }
                else
                {
                    SqliteNative.Initialize();
                    var folder = Path.GetFullPath(configuration["Data:Directory"] ?? new DataOptions().Directory);
                    store.UseSqlite(SqliteFactory.Instance, new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, StoreFile) }.ToString());
                }
            });
            foreach (var module in Modules.All)
            {
                module.AddJobs(quartz);
            }
        });
        services.AddQuartzHostedService(o => o.WaitForJobsToComplete = true);
    }
}
