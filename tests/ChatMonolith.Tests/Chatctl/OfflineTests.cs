using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Chatctl;

/// <summary>chatctl on the data of a stopped server, which then starts and must find everything as if it had done it itself.</summary>
public class OfflineTests
{
    public static TheoryData<Engine> Engines => [Engine.Sqlite, Engine.PostgreSql];

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task An_admin_that_was_made_before_the_first_start_logs_in_and_owns_general(Engine engine)
    {
        await using var server = await RunningServer.Prepare(engine);
        (await ChatctlRun.On(server, "long copper kettle 47\n", "create-admin", "--username", "Root-1")).Succeeds().Output.ShouldContain("root-1");
        await server.Restart();

        var login = (await server.Anonymous.Post("auth/login", new { login = "root-1", password = "long copper kettle 47" })).Ok(200);
        login["user"].GetProperty("isAdmin").GetBoolean().ShouldBeTrue();
        using var admin = new HttpCaller(server.Address) { AccessToken = login["accessToken"].GetString() };
        var general = (await admin.Get("rooms")).Ok(200)["items"].EnumerateArray().ShouldHaveSingleItem();
        general.GetProperty("name").GetString().ShouldBe("general");
        general.GetProperty("role").GetString().ShouldBe("owner");
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_running_server_is_left_alone(Engine engine)
    {
        await using var server = await RunningServer.Start(engine);
        (await ChatctlRun.On(server, "", "create-admin", "--username", "root-1", "--generate")).Refuses("in use by another process");
        (await ChatctlRun.On(server, "", "reset-password", "--login", "root-1", "--generate")).Refuses("in use by another process");
        (await ChatctlRun.On(server, "", "seed", "--users", "2", "--members", "2")).Refuses("in use by another process");
    }

    [Theory]
    [MemberData(nameof(Engines))]
    public async Task A_new_password_works_once_the_old_one_and_all_sessions_have_ended(Engine engine)
    {
        await using var server = await RunningServer.Start(engine);
        await using var ann = await server.Register("Ann");
        await server.Stop();
        var run = (await ChatctlRun.On(server, "", "reset-password", "--login", ann.Username.ToUpperInvariant())).Succeeds();
        await server.Restart();

        (await ann.Http.Get("auth/me")).Fails(401, "unauthenticated");
        (await server.Anonymous.Post("auth/refresh", new { refreshToken = ann.RefreshToken })).Status.ShouldBe(401);
        (await server.Anonymous.Post("auth/login", new { login = ann.Username, password = ann.Password })).Fails(401, "invalid_credentials");
        ann.Password = run.Lines.Single(l => l.StartsWith("password: ", StringComparison.Ordinal)).Split(' ')[1];
        await ann.LogIn();
        (await ann.Http.Get("auth/me")).Ok(200);
    }

    [Fact]
    public async Task A_second_admin_is_made_beside_the_first_and_a_taken_name_or_a_weak_password_is_refused()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite, ("Auth__Registration", "Closed"));
        await using var first = await server.Register("first");
        await server.Stop();

        (await ChatctlRun.On(server, "long copper kettle 47\n", "create-admin", "--username", first.Username)).Refuses("username is taken");
        (await ChatctlRun.On(server, "password\n", "create-admin", "--username", "second")).Refuses("common");
        var made = (await ChatctlRun.On(server, "", "create-admin", "--email", "second@example.org", "--generate")).Succeeds();
        var shown = made.Lines.Where(l => l.Contains(": ", StringComparison.Ordinal)).Select(l => l.Split(' ')[1]).ToArray();
        await server.Restart();
        (await server.Anonymous.Post("auth/login", new { login = shown[0], password = shown[1] })).Ok(200)["user"].GetProperty("role").GetString().ShouldBe("admin");
    }

    [Fact]
    public async Task Nothing_is_made_where_there_is_nothing_to_reset()
    {
        using var folder = new TemporaryFolder();
        (await ChatctlRun.Run("reset-password", "--data", folder["none"], "--login", "ann", "--generate")).Refuses("no data folder");
        Directory.Exists(folder["none"]).ShouldBeFalse();

        await using var server = await RunningServer.Start(Engine.Sqlite);
        await server.Stop();
        (await ChatctlRun.On(server, "", "reset-password", "--login", "nobody", "--generate")).Refuses("no account");
    }

    [Fact]
    public async Task Wrong_usage_is_told_in_one_line()
    {
        (await ChatctlRun.Run()).ExitCode.ShouldBe(2);
        (await ChatctlRun.Run("create-admin")).Refuses("--data");
        (await ChatctlRun.Run("loadtest", "--url", "http://localhost:1", "--users", "2", "--rate", "many")).Refuses("many");
        (await ChatctlRun.Run("--help")).Succeeds().Output.ShouldContain("reset-password");
    }
}
