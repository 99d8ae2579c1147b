using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Chatctl;

/// <summary>The load test against the real server.</summary>
public abstract class LoadTestTests(ServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task A_sound_server_passes_in_a_closed_loop()
    {
        var report = await Passes("--users", "4", "--rooms", "2", "--members", "3", "--senders", "2", "--seconds", "2", "--tickets");
        report.GetProperty("acknowledged").GetInt64().ShouldBeGreaterThan(0);
        report.GetProperty("deliveries").GetInt64().ShouldBe(3 * report.GetProperty("acknowledged").GetInt64());
    }

    [Fact]
    public async Task A_sound_server_passes_at_a_rate()
    {
        var report = await Passes("--users", "3", "--members", "3", "--senders", "3", "--rate", "40", "--seconds", "2");
        report.GetProperty("sent").GetInt64().ShouldBeInRange(40, 80);
    }

    [Fact]
    public async Task Another_machine_is_not_loaded_by_mistake() =>
        (await ChatctlRun.Run("loadtest", "--url", "http://chat.example.org", "--users", "2")).Refuses("--i-own-this-server");

    private async Task<JsonElement> Passes(params string[] arguments)
    {
        var run = (await ChatctlRun.Run(["loadtest", "--url", Server.Address.ToString(), "--json", .. arguments])).Succeeds();
        var report = JsonDocument.Parse(run.Lines.ShouldHaveSingleItem()).RootElement;
        report.GetProperty("sound").GetBoolean().ShouldBeTrue();
        return report;
    }

    public sealed class OnSqlite(SqliteServer server) : LoadTestTests(server);

    public sealed class OnPostgreSql(PostgresServer server) : LoadTestTests(server);
}
