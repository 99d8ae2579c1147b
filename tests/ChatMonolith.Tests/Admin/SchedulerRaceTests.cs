using ChatMonolith.Host;
using ChatMonolith.Tests.Harness;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Npgsql;
using Quartz;

namespace ChatMonolith.Tests.Admin;

/// <summary>C17: several schedulers on one PostgreSQL, as several nodes have.</summary>
public class SchedulerRaceTests
{
    [Fact]
    public async Task C17_of_two_schedulers_on_one_database_each_tick_is_run_by_one_and_when_one_goes_the_other_goes_on()
    {
        var database = await (await PostgresCluster.Shared).CreateDatabase();
        try
        {
            await using var data = new NpgsqlConnection(database);
            await data.OpenAsync(TestContext.Current.CancellationToken);
            await using (var create = new NpgsqlCommand("CREATE TABLE ticks (at timestamptz NOT NULL, node text NOT NULL)", data))
            {
                await create.ExecuteNonQueryAsync(TestContext.Current.CancellationToken);
            }

            using var first = Build(database, "first");
            using var second = Build(database, "second");
            await first.StartAsync(TestContext.Current.CancellationToken);
            await second.StartAsync(TestContext.Current.CancellationToken);
            await Deadline.Until(async () => await Count(data, "count(*)") >= 12, "twelve ticks of both", TimeSpan.FromSeconds(60));
            await first.StopAsync(TestContext.Current.CancellationToken);
            var then = await Count(data, "count(*)");
            await Deadline.Until(async () => await Count(data, "count(*)") >= then + 3, "the other to go on", TimeSpan.FromSeconds(60));
            await second.StopAsync(TestContext.Current.CancellationToken);
            (await Count(data, "count(*)")).ShouldBe(await Count(data, "count(DISTINCT at)"), "each tick once");
        }
        finally
        {
            await (await PostgresCluster.Shared).DropDatabase(database);
        }
    }

    private static async Task<long> Count(NpgsqlConnection data, string what)
    {
#pragma warning disable CA2100 // The text is the test's own.
        await using var command = new NpgsqlCommand($"SELECT {what} FROM ticks", data);
#pragma warning restore CA2100
        return (long)(await command.ExecuteScalarAsync())!;
    }

    private static IHost Build(string database, string node)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Database:Provider"] = "PostgreSql", ["ConnectionStrings:Default"] = database, ["Node"] = node,
        });
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddScheduler(builder.Configuration, quartz => quartz.ScheduleJob<Tick>(
            trigger => trigger.WithIdentity("tick").StartNow().WithSimpleSchedule(s => s.WithInterval(TimeSpan.FromMilliseconds(250)).RepeatForever()),
            job => job.WithIdentity("tick")));
        return builder.Build();
    }

    [DisallowConcurrentExecution]
    public sealed class Tick(IConfiguration configuration) : IJob
    {
        public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
        {
            await using var data = new NpgsqlConnection(configuration.GetConnectionString("Default"));
            await data.OpenAsync(cancellationToken);
            await using var insert = new NpgsqlCommand("INSERT INTO ticks VALUES ($1, $2)", data) { Parameters = { new() { Value = context.ScheduledFireTimeUtc!.Value }, new() { Value = configuration["Node"]! } } };
            await insert.ExecuteNonQueryAsync(cancellationToken);
        }
    }
}
