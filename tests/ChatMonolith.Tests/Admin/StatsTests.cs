using ChatMonolith.Admin.Data;
using ChatMonolith.Admin.Stats;
using ChatMonolith.Tests.Auth;
using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Realtime;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Tests.Admin;

/// <summary>Figures over time, on a clock that the test moves.</summary>
public class StatsTests
{
    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task Figures_are_sampled_once_a_minute_and_made_coarser(Engine engine)
    {
        var clock = new MovedClock();
        string[] settings = engine is Engine.Sqlite ? [] : ["--Database:Provider=PostgreSql", $"--ConnectionStrings:Default={await (await PostgresCluster.Shared).CreateDatabase()}"];
        await using var server = await InProcess.Start(clock, ["--Auth:AccessTokenMinutes=1440", .. settings]);
        using var http = new HttpCaller(server.Address);
        (await http.Post("auth/register", new { username = "root", email = "root@example.org", password = "long copper kettle 47" })).Ok(201);
        http.AccessToken = (await http.Post("auth/login", new { login = "root", password = "long copper kettle 47" })).Ok(200)["accessToken"].GetString();
        (await http.Post("admin/jobs/admin.sample-stats/pause")).Ok(204);
        await using (var emptied = server.Services.CreateAsyncScope())
        {
            var db = emptied.ServiceProvider.GetRequiredService<AdminDb>();
            await using var transaction = await db.Database.BeginTransactionAsync(TestContext.Current.CancellationToken);
            await db.Samples.ExecuteDeleteAsync(TestContext.Current.CancellationToken);
            await transaction.CommitAsync(TestContext.Current.CancellationToken);
        }

        // Twice in a minute, as two schedulers might, and then for a quarter of an hour.
        for (var i = 0; i < 16; i++)
        {
            await Sample(server);
            await Sample(server);
            clock.Move(TimeSpan.FromMinutes(1));
        }

        var newest = (await http.Get("admin/stats")).Ok(200)["values"];
        (newest.GetProperty("users").GetDouble(), newest.GetProperty("rooms").GetDouble(), newest.GetProperty("connections").GetDouble()).ShouldBe((1, 1, 0));
        newest.GetProperty("disk.free").GetDouble().ShouldBeGreaterThan(0);
        newest.GetProperty("requests.rate").GetDouble().ShouldBeGreaterThanOrEqualTo(0);
        var series = (await http.Get("admin/stats/series?name=users,memory&points=500")).Ok(200)["items"].EnumerateArray().ToArray();
        series.Select(s => s.String("name")).ShouldBe(["users", "memory"]);
        series[0].GetProperty("stepSeconds").GetInt64().ShouldBeInRange(60, 300);
        await using var scope = server.Services.CreateAsyncScope();
        var samples = scope.ServiceProvider.GetRequiredService<AdminDb>().Samples;
        (await samples.CountAsync(s => s.Series == "users" && s.Step == 60, TestContext.Current.CancellationToken)).ShouldBe(16);
        (await samples.CountAsync(s => s.Series == "users" && s.Step == 300, TestContext.Current.CancellationToken)).ShouldBeInRange(3, 4);
        (await http.Get("admin/stats/series")).Fails(400, "validation");
        (await http.Get("admin/stats/series?name=users&points=501")).Fails(400, "validation");
    }

    private static async Task Sample(InProcess server)
    {
        await using var scope = server.Services.CreateAsyncScope();
        await ActivatorUtilities.CreateInstance<SampleStats>(scope.ServiceProvider).Execute(null!, TestContext.Current.CancellationToken);
    }
}
