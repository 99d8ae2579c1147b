using System.Text.RegularExpressions;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Auth;

/// <summary>The time before there is an admin. Each test has a server of its own.</summary>
public partial class SetupTests
{
    private const string Password = "long copper kettle 47";

    public static TheoryData<string, string> ForwardingHeaders => new()
    {
        { "X-Forwarded-For", "127.0.0.1" }, { "X-Forwarded-For", "" }, { "Forwarded", "for=127.0.0.1" }, { "X-Real-IP", "127.0.0.1" }, { "Host", "evil.example" },
    };

    [Theory]
    [InlineData(Engine.Sqlite)]
    [InlineData(Engine.PostgreSql)]
    public async Task A10_twenty_registrations_at_once_yield_one_admin(Engine engine)
    {
        await using var server = await RunningServer.Start(engine);
        (await server.Anonymous.Get("config")).Ok(200)["setupRequired"].GetBoolean().ShouldBeTrue();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Register(server, "user-" + i)));
        answers.ShouldAllBe(a => a.Status == 201);
        answers.Count(a => a["user"].GetProperty("isAdmin").GetBoolean()).ShouldBe(1);
        (await server.Anonymous.Get("config"))["setupRequired"].GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task A10_there_is_no_account_to_begin_with()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite);
        foreach (var login in (string[])["admin", "root", "administrator", "user", "chat"])
        {
            (await server.Anonymous.Post("auth/login", new { login, password = login })).Fails(401, "invalid_credentials");
        }
    }

    [Fact]
    public async Task A10_A78_who_comes_through_a_proxy_needs_the_link_and_the_link_works_once()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite);
        foreach (var row in ForwardingHeaders)
        {
            (await Register(server, "stranger", null, (row.Data.Item1, row.Data.Item2))).Fails(403, "setup_required");
        }

        var token = await PrintedToken(server);
        (string, string)[] remote = [("X-Forwarded-For", "203.0.113.9")];
        (await Register(server, "stranger", token[..^1] + (token[^1] == 'A' ? 'Q' : 'A'), remote)).Fails(403, "setup_required");
        (await Register(server, "stranger", "", remote)).Fails(403, "setup_required");
        (await Register(server, "local", "wrong")).Fails(403, "setup_required");

        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Register(server, "user-" + i, token, remote)));
        var admin = answers.Where(a => a.Status == 201).ShouldHaveSingleItem();
        admin["user"].GetProperty("isAdmin").GetBoolean().ShouldBeTrue();
        answers.Where(a => a.Status != 201).ShouldAllBe(a => a.Code == "setup_required");
        (await Register(server, "later", token)).Fails(403, "setup_required");
        (await Register(server, "later", null, remote)).Ok(201)["user"].GetProperty("isAdmin").GetBoolean().ShouldBeFalse();
    }

    [Fact]
    public async Task A10_a_restart_before_the_set_up_prints_a_new_link_and_after_it_none()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite);
        var first = await PrintedToken(server);
        await server.Kill9();
        await server.Restart();
        var second = await PrintedToken(server);
        second.ShouldNotBeEmpty();
        second.ShouldNotBe(first);
        (await Register(server, "one", first)).Fails(403, "setup_required");
        (await Register(server, "one", second)).Ok(201);
        await server.Kill9();
        await server.Restart();
        await Deadline.Until(() => server.Output.Contains("Application started", StringComparison.Ordinal), "the start to be over");
        SetupLink().IsMatch(server.Output).ShouldBeFalse();
    }

    [Theory]
    [InlineData("Auth__AccessTokenMinutes", "0", "AccessTokenMinutes")]
    [InlineData("Auth__PasswordIterations", "209999", "PasswordIterations")]
    [InlineData("Auth__Registration", "Sometimes", "Registration")]
    [InlineData("Cors__AllowedOrigins__0", "*", "AllowedOrigins")]
    [InlineData("Cors__AllowedOrigins__0", "https://app.example.org/path", "AllowedOrigins")]
    [InlineData("Server__PublicUrl", "chat.example.org", "PublicUrl")]
    [InlineData("Server__TrustedProxies__0", "proxy", "TrustedProxies")]
    public async Task A_bad_setting_of_the_accounts_stops_the_start_and_is_named(string key, string value, string named)
    {
        await using var server = await RunningServer.Prepare(Engine.Sqlite, ("RateLimits__Enabled", "true"), (key, value));
        var process = server.Launch();
        (await process.Exited()).ShouldBe(2, process.Output);
        process.Output.ShouldContain(named);
        process.Output.ShouldNotContain("   at ");
    }

    /// <summary>It is printed when the server listens already.</summary>
    private static async Task<string> PrintedToken(RunningServer server)
    {
        await Deadline.Until(() => SetupLink().IsMatch(server.Output), "the link to be printed");
        return SetupLink().Match(server.Output).Groups["token"].Value;
    }

    private static Task<Answer> Register(RunningServer server, string username, string? setupToken = null, params (string Name, string Value)[] headers) =>
        server.Anonymous.Send(HttpMethod.Post, "auth/register", new { email = username + "@example.org", username, password = Password, setupToken }, headers);

    [GeneratedRegex("/setup#(?<token>[A-Za-z0-9_-]{43})", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SetupLink();
}
