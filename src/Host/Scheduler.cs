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

    public static void AddScheduler(this IServiceCollection services, IConfiguration configuration) =>
        services.AddScheduler(configuration, quartz =>
        {
            foreach (var module in Modules.All)
            {
                module.AddJobs(quartz);
            }
        });

    public static void AddScheduler(this IServiceCollection services, IConfiguration configuration, Action<IQuartzBuilder> addJobs)
    {
        services.AddQuartz(quartz =>
        {
            quartz.UsePersistentStore(store =>
            {
                store.ProvisionSchema();
                store.UseSystemTextJsonSerializer(_ => { });
                if (configuration.GetValue<DatabaseProvider>("Database:Provider") is DatabaseProvider.PostgreSql)
                {
                    // Of several schedulers on one database each run is one's, and what a dead one left is another's.
                    store.UseClustering(_ => { });
                    store.UsePostgres(new NpgsqlConnectionStringBuilder(configuration.GetConnectionString("Default") ?? "") { MaxPoolSize = MostConnections }.ToString());
                }
                else
                {
                    SqliteNative.Initialize();
                    var folder = Path.GetFullPath(configuration["Data:Directory"] ?? new DataOptions().Directory);
                    store.UseSqlite(SqliteFactory.Instance, new SqliteConnectionStringBuilder { DataSource = Path.Combine(folder, StoreFile) }.ToString());
                }
            });
            addJobs(quartz);
        });

        // After the server is ready, which the scheduler's own start shall not hold up.
        services.AddQuartzHostedService(o => (o.WaitForJobsToComplete, o.AwaitApplicationStarted) = (true, true));
    }
}
