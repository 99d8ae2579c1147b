using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Auth;

public abstract class LoginTests(ServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task A_login_by_username_or_email_in_any_case_answers_tokens_and_the_user()
    {
        await using var ann = await Server.Register("ann");
        foreach (var login in (string[])[ann.Username, ann.Username.ToUpperInvariant(), $"{ann.Username}@example.org", $"{ann.Username}@EXAMPLE.ORG"])
        {
            var answer = (await Server.Anonymous.Post("auth/login", new { login, password = ann.Password })).Ok(200);
            answer.Json.EnumerateObject().Select(p => p.Name).ShouldBe(["accessToken", "refreshToken", "tokenType", "expiresIn", "user"]);
            answer["tokenType"].GetString().ShouldBe("Bearer");
            answer["expiresIn"].GetInt32().ShouldBe(900);
            answer["user"].GetProperty("id").GetGuid().ShouldBe(ann.Id);
        }
    }

    [Fact]
    public async Task A14_an_unknown_login_and_a_wrong_password_answer_the_same()
    {
        await using var ann = await Server.Register("ann");
        var known = await Server.Anonymous.Post("auth/login", new { login = ann.Username, password = "not this one" });
        foreach (var login in (string[])["nobody-at-all", "nobody@example.org", "no such\u0000name", "' OR 1=1 --", "@", new string('a', 254)])
        {
            var unknown = await Server.Anonymous.Post("auth/login", new { login, password = "not this one" });
            unknown.Fails(401, "invalid_credentials")["detail"].GetString().ShouldBe(known["detail"].GetString());
            unknown.Headers.Keys.Order().ShouldBe(known.Headers.Keys.Order());
        }
    }

    [Fact]
    public async Task A14_B10_an_unknown_login_takes_as_long_as_a_wrong_password()
    {
        await using var server = await RunningServer.Start(Server.Engine, RunningServer.HashingAsForPeople);
        await using var ann = await server.Register("ann");
        var known = new List<double>();
        var unknown = new List<double>();
        for (var i = 0; i < 15; i++)
        {
            known.Add(await Measure(server, ann.Username));
            unknown.Add(await Measure(server, "nobody-" + i));
        }

        // Without the hashing of nobody's password the gap is a hundredfold; this holds on a busy machine too.
        var (a, b) = (Median(known), Median(unknown));
        (Math.Max(a, b) / Math.Min(a, b)).ShouldBeLessThan(1.8, $"{a} ms for a known, {b} ms for an unknown login");
    }

    [Fact]
    public async Task B13_a_password_or_login_that_is_no_text_is_refused()
    {
        foreach (var body in (string[])["{\"login\":{\"$ne\":1},\"password\":\"x\"}", "{\"login\":\"ann\",\"password\":[\"x\"]}", "{\"login\":\"ann\",\"password\":true}", "[]", "null", "", "{", "{\"login\":\"a\",\"login\":\"b\",\"password\":\"x\"}"])
        {
            (await Server.Anonymous.SendText(HttpMethod.Post, "auth/login", body)).Fails(400, "validation");
        }

        (await Server.Anonymous.Post("auth/login", new { })).Fails(400, "validation")["errors"].EnumerateObject().Select(p => p.Name).ShouldBe(["login", "password"]);
    }

    [Fact]
    public async Task A9_after_ten_wrong_passwords_the_pair_waits_and_the_right_one_works_from_another_address()
    {
        await using var server = await RunningServer.Start(Engine, ("RateLimits__Enabled", "true"), ("Server__TrustedProxies__0", "127.0.0.1"));
        await using var ann = await server.Register("ann");
        var wrong = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => LogIn(server, ann.Username, "not this one", "203.0.113.7")));
        wrong.Count(a => a.Code == "invalid_credentials").ShouldBe(10);
        var refused = wrong.Where(a => a.Code == "locked_out").ToArray();
        refused.Length.ShouldBe(10);
        refused.ShouldAllBe(a => a.Status == 429 && int.Parse(a.Header("retry-after")!) >= 25);
        (await LogIn(server, ann.Username, ann.Password, "203.0.113.7")).Fails(429, "locked_out");
        (await LogIn(server, $"{ann.Username}@example.org", ann.Password, "203.0.113.7")).Fails(429, "locked_out");
        (await LogIn(server, ann.Username, ann.Password, "203.0.113.8")).Ok(200);
        (await LogIn(server, ann.Username, ann.Password, "2001:db8:1:2::1")).Ok(200);
    }

    [Fact]
    public async Task A9_an_unknown_login_is_throttled_just_the_same_and_so_is_one_address_over_many_logins()
    {
        await using var server = await RunningServer.Start(Engine, ("RateLimits__Enabled", "true"), ("Server__TrustedProxies__0", "127.0.0.1"), ("Auth__FailuresPerAddress", "14"));
        await using var ann = await server.Register("ann");
        for (var i = 0; i < 10; i++)
        {
            (await LogIn(server, "nobody-here", "not this one", "2001:db8:1:2::" + (i + 1))).Fails(401, "invalid_credentials");
        }

        (await LogIn(server, "nobody-here", "not this one", "2001:db8:1:2:ffff::1")).Fails(429, "locked_out");
        for (var i = 0; i < 4; i++)
        {
            (await LogIn(server, "nobody-" + i, "not this one", "2001:db8:1:2::9")).Fails(401, "invalid_credentials");
        }

        (await LogIn(server, ann.Username, ann.Password, "2001:db8:1:2::9")).Fails(429, "locked_out");
        (await LogIn(server, ann.Username, ann.Password, "2001:db8:1:3::9")).Ok(200);
    }

    [Fact]
    public async Task A12_B11_the_password_change_is_throttled_with_the_login()
    {
        await using var server = await RunningServer.Start(Engine, ("RateLimits__Enabled", "true"));
        await using var ann = await server.Register("ann");
        for (var i = 0; i < 10; i++)
        {
            (await ann.Http.Post("auth/password/change", new { currentPassword = "not this one", newPassword = "another copper kettle" })).Fails(401, "invalid_credentials");
        }

        (await ann.Http.Post("auth/password/change", new { currentPassword = ann.Password, newPassword = "another copper kettle" })).Fails(429, "locked_out");
        (await server.Anonymous.Post("auth/login", new { login = ann.Username, password = ann.Password })).Fails(429, "locked_out");
        (await ann.Http.Get("auth/me")).Ok(200);
    }

    [Fact]
    public async Task A78_B34_a_forged_forwarding_header_changes_neither_the_throttling_nor_the_address_shown()
    {
        await using var server = await RunningServer.Start(Engine, ("RateLimits__Enabled", "true"));
        await using var ann = await server.Register("ann");
        for (var i = 0; i < 10; i++)
        {
            (await LogIn(server, ann.Username, "not this one", "203.0.113." + i)).Fails(401, "invalid_credentials");
        }

        (await LogIn(server, ann.Username, ann.Password, "198.51.100.1")).Fails(429, "locked_out");
        var sessions = (await ann.Http.Send(HttpMethod.Get, "auth/sessions", null, ("X-Forwarded-For", "198.51.100.1"))).Ok(200);
        sessions["items"][0].GetProperty("ip").GetString().ShouldBe("127.0.0.1");
    }

    [Fact]
    public async Task A114_A115_a_login_and_its_failure_leave_an_event_each_without_a_secret()
    {
        await using var server = await RunningServer.Start(Engine.Sqlite);
        await using var ann = await server.Register("ann");
        await server.Anonymous.Post("auth/login", new { login = ann.Username, password = "my-canary-password" });
        await Deadline.Until(() => server.Output.Contains("[1003]", StringComparison.Ordinal) && server.Output.Contains("[1002]", StringComparison.Ordinal), "the events");
        server.Output.ShouldNotContain("my-canary-password");
        server.Output.ShouldNotContain(ann.Password);
        server.Output.ShouldNotContain(ann.RefreshToken);
        server.Output.ShouldNotContain(ann.AccessToken);
    }

    private static Task<Answer> LogIn(RunningServer server, string login, string password, string address) =>
        server.Anonymous.Send(HttpMethod.Post, "auth/login", new { login, password }, ("X-Forwarded-For", address));

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static async Task<double> Measure(RunningServer server, string login)
    {
        var started = TimeProvider.System.GetTimestamp();
        (await server.Anonymous.Post("auth/login", new { login, password = "not this one" })).Fails(401, "invalid_credentials");
        return TimeProvider.System.GetElapsedTime(started).TotalMilliseconds;
    }

    public sealed class OnSqlite(SqliteServer s) : LoginTests(s);

    public sealed class OnPostgreSql(PostgresServer s) : LoginTests(s);
}
