using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Hosting;

/// <summary>A server that cannot serve does not start, and says in one line why and what to do.</summary>
public class StartTests
{
    private const int Refused = 2;

    [Fact]
    public async Task A_second_process_on_the_same_data_folder_is_refused_with_a_clear_line()
    {
        await using var first = await RunningServer.Start(Engine.Sqlite);
        await using var second = await RunningServer.Prepare(Engine.Sqlite, ("Data__Directory", first.DataFolder));
        var process = second.Launch();
        (await process.Exited()).ShouldBe(Refused);
        ShouldBeOneLine(process, "in use by another process");
        (await first.IsReady()).ShouldBeTrue();
    }

    [Theory]
    [InlineData("Database__Provider", "Oracle", "Oracle")]
    [InlineData("Database__BusyTimeoutSeconds", "0", "BusyTimeoutSeconds")]
    [InlineData("Database__BusyTimeoutSeconds", "soon", "BusyTimeoutSeconds")]
    [InlineData("Data__Directory", "/proc/nothing/here", "/proc/nothing/here")]
    public async Task A_bad_setting_stops_the_start_and_is_named(string key, string value, string named)
    {
        await using var server = await RunningServer.Prepare(Engine.Sqlite, (key, value));
        var process = server.Launch();
        (await process.Exited()).ShouldBe(Refused);
        ShouldBeOneLine(process, named);
    }

    [Fact]
    public async Task PostgreSql_that_does_not_answer_stops_the_start()
    {
        await using var server = await RunningServer.Prepare(
            Engine.Sqlite, ("Database__Provider", "PostgreSql"), ("ConnectionStrings__Default", "Host=127.0.0.1;Port=1;Username=chat;Database=chat"));
        var process = server.Launch();
        (await process.Exited()).ShouldBe(Refused);
        ShouldBeOneLine(process, "PostgreSQL does not answer");
    }

    [Fact]
    public async Task A_port_that_is_taken_stops_the_start_with_a_clear_line()
    {
        await using var first = await RunningServer.Start(Engine.Sqlite);
        await using var second = await RunningServer.Prepare(Engine.Sqlite, ("Kestrel__Endpoints__Http__Url", first.Address.ToString()));
        var process = second.Launch();
        (await process.Exited()).ShouldBe(Refused);
        ShouldBeOneLine(process, "address already in use");
        (await first.IsReady()).ShouldBeTrue();
    }

    [Fact]
    public async Task A_second_server_on_the_same_PostgreSql_database_is_refused_with_a_clear_line()
    {
        await using var first = await RunningServer.Start(Engine.PostgreSql);
        await using var second = await RunningServer.Prepare(Engine.Sqlite, ("Database__Provider", "PostgreSql"), ("ConnectionStrings__Default", first.ConnectionString));
        var process = second.Launch();
        (await process.Exited()).ShouldBe(Refused);
        ShouldBeOneLine(process, "Another server is writing to this database");
        var ann = await first.Register("ann");
        await ann.Post(await ann.CreateRoom("r"), "still written");
    }

    [Fact]
    public async Task SIGTERM_ends_the_server_with_exit_code_0()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite);
        (await server.Stop()).ShouldBe(0);
    }

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task A_killed_server_starts_again_on_its_data(Engine engine)
    {
        await using var server = await RunningServer.Start(engine);
        await server.Kill9();
        await server.Restart();
        (await server.IsReady()).ShouldBeTrue();
    }

    [Fact]
    public async Task Secrets_in_the_data_folder_are_readable_by_their_owner_only()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite);
        await server.Register("ann");
        foreach (var secret in Directory.EnumerateFiles(server.DataFolder, "*.key"))
        {
            File.GetUnixFileMode(secret).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }
    }

    private static void ShouldBeOneLine(ChildProcess process, string containing)
    {
        var line = process.Output.Split('\n').Where(l => l.StartsWith("Cannot start:", StringComparison.Ordinal)).ShouldHaveSingleItem(process.Output);
        line.ShouldContain(containing);
        process.Output.ShouldNotContain("   at ");
        process.Output.ShouldNotContain("fail:");
        process.Output.ShouldNotContain("crit:");
        process.Output.ShouldNotContain("Unhandled exception");
    }
}
