using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Auth;

public abstract class CookieTests(ServerFixture fixture) : ServerTests(fixture)
{
    private string Own => Server.Address.GetLeftPart(UriPartial.Authority);

    [Fact]
    public async Task A69_both_cookies_are_host_only_secure_and_out_of_reach_of_scripts()
    {
        await using var ann = await Server.Register("ann");
        var answer = await LogIn(ann);
        answer.Ok(200).Json.TryGetProperty("refreshToken", out _).ShouldBeFalse();
        var cookies = answer.Headers["set-cookie"];
        cookies.Select(c => c.Split('=')[0]).ShouldBe(["__Host-chat-access", "__Host-chat-refresh"]);
        foreach (var cookie in cookies)
        {
            var attributes = cookie.Split(';').Skip(1).Select(a => a.Trim().ToLowerInvariant()).ToArray();
            attributes.ShouldContain("secure");
            attributes.ShouldContain("httponly");
            attributes.ShouldContain("path=/");
            attributes.ShouldContain("samesite=strict");
            attributes.ShouldNotContain(a => a.StartsWith("domain", StringComparison.Ordinal));
        }
    }

    [Fact]
    public async Task A74_a_cookie_alone_reads_but_changes_nothing_from_elsewhere()
    {
        await using var ann = await Server.Register("ann");
        var cookie = Jar(await LogIn(ann));
        (await Send(HttpMethod.Get, "auth/me", cookie)).Ok(200);
        foreach (var headers in Foreign(Server.Port))
        {
            (await Send(HttpMethod.Post, "auth/ws-ticket", cookie, headers)).Fails(403, "csrf");
            (await Send(HttpMethod.Delete, "auth/sessions", cookie, headers)).Fails(403, "csrf");
            (await Send(HttpMethod.Post, "auth/logout", cookie, headers)).Fails(403, "csrf");
            (await Send(HttpMethod.Post, "auth/refresh", cookie, headers)).Fails(403, "csrf");
        }

        (await Send(HttpMethod.Post, "auth/ws-ticket", cookie, ("Origin", Own))).Ok(200);
        (await Send(HttpMethod.Post, "auth/ws-ticket", cookie, ("Sec-Fetch-Site", "same-origin"))).Ok(200);
    }

    [Fact]
    public async Task A74_a_foreign_page_cannot_log_a_visitor_in()
    {
        await using var ann = await Server.Register("ann");
        foreach (var headers in Foreign(Server.Port).Where(h => h.Length > 0))
        {
            var answer = await LogIn(ann, headers);
            answer.Fails(403, "csrf").Header("set-cookie").ShouldBeNull();
        }

        (await LogIn(ann, ("Origin", Own))).Ok(200);
    }

    [Fact]
    public async Task A74_a_form_of_another_site_is_not_read_as_json()
    {
        await using var ann = await Server.Register("ann");
        var body = $$"""{"login":"{{ann.Username}}","password":"{{ann.Password}}"}""";
        (await Server.Anonymous.SendText(HttpMethod.Post, "auth/login", body, "text/plain")).Fails(415, "unsupported_media");
        (await Server.Anonymous.SendText(HttpMethod.Post, "auth/login", "login=a&password=b", "application/x-www-form-urlencoded")).Fails(415, "unsupported_media");
    }

    [Fact]
    public async Task A_bad_bearer_token_is_not_rescued_by_a_good_cookie()
    {
        await using var ann = await Server.Register("ann");
        var cookie = Jar(await LogIn(ann));
        (await Send(HttpMethod.Get, "auth/me", cookie, ("Authorization", "Bearer nonsense"))).Fails(401, "unauthenticated");
        (await Send(HttpMethod.Get, "auth/me", cookie, ("Authorization", "Bearer"))).Fails(401, "unauthenticated");
    }

    [Fact]
    public async Task A27_a_session_in_cookies_refreshes_and_its_logout_clears_them()
    {
        await using var ann = await Server.Register("ann");
        var first = Jar(await LogIn(ann));
        var refreshed = (await Send(HttpMethod.Post, "auth/refresh", first, ("Origin", Own))).Ok(200);
        refreshed.Json.TryGetProperty("refreshToken", out _).ShouldBeFalse();
        var second = Jar(refreshed);
        second.ShouldNotBe(first);
        var logout = (await Send(HttpMethod.Post, "auth/logout", second, ("Origin", Own))).Ok(204);
        logout.Headers["set-cookie"].ShouldAllBe(c => c.Contains("max-age=0", StringComparison.Ordinal));
        (await Send(HttpMethod.Get, "auth/me", second)).Fails(401, "unauthenticated");
        (await Send(HttpMethod.Post, "auth/refresh", second, ("Origin", Own))).Fails(401, "unauthenticated").Headers["set-cookie"].ShouldAllBe(c => c.Contains("max-age=0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A71_only_the_origins_of_the_setting_are_allowed_and_their_pages_may_use_cookies()
    {
        await using var server = await RunningServer.Start(Engine, ("Cors__AllowedOrigins__0", "https://app.example.org"));
        await using var ann = await server.Register("ann");
        var allowed = await server.Anonymous.Send(HttpMethod.Get, "config", null, ("Origin", "https://app.example.org"));
        allowed.Header("access-control-allow-origin").ShouldBe("https://app.example.org");
        allowed.Header("access-control-allow-credentials").ShouldBe("true");
        var preflight = await server.Anonymous.Send(
            HttpMethod.Options, "rooms", null, ("Origin", "https://app.example.org"), ("Access-Control-Request-Method", "POST"), ("Access-Control-Request-Headers", "content-type"));
        preflight.Header("access-control-allow-origin").ShouldBe("https://app.example.org");
        foreach (var origin in (string[])["https://evil.example", "null", "https://app.example.org.evil.example", "http://app.example.org", "https://app.example.org:444"])
        {
            (await server.Anonymous.Send(HttpMethod.Get, "config", null, ("Origin", origin))).Header("access-control-allow-origin").ShouldBeNull();
        }

        var login = new { login = ann.Username, password = ann.Password, cookie = true };
        var cookie = Jar((await server.Anonymous.Send(HttpMethod.Post, "auth/login", login, ("Origin", "https://app.example.org"))).Ok(200));
        (await server.Anonymous.Send(HttpMethod.Post, "auth/ws-ticket", null, ("Cookie", cookie), ("Origin", "https://app.example.org"), ("Sec-Fetch-Site", "cross-site"))).Ok(200);
    }

    private static (string, string)[][] Foreign(int port) =>
    [
        [],
        [("Origin", "https://evil.example")],
        [("Origin", "null")],
        [("Origin", $"http://127.0.0.1:{port}.evil.example")],
        [("Origin", $"http://127.0.0.1:{port + 1}")],
        [("Origin", $"https://127.0.0.1:{port}")],
        [("Origin", $"http://x@127.0.0.1:{port}")],
        [("Sec-Fetch-Site", "cross-site")],
        [("Sec-Fetch-Site", "same-site")],
        [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "cross-site")],
        [("Origin", "https://evil.example"), ("Sec-Fetch-Site", "none")],
    ];

    private static string Jar(Answer answer) => string.Join("; ", answer.Headers["set-cookie"].Select(c => c.Split(';')[0]));

    private Task<Answer> LogIn(Person person, params (string, string)[] headers) =>
        Server.Anonymous.Send(HttpMethod.Post, "auth/login", new { login = person.Username, password = person.Password, cookie = true }, headers);

    private Task<Answer> Send(HttpMethod method, string path, string cookie, params (string, string)[] headers) =>
        Server.Anonymous.Send(method, path, null, [("Cookie", cookie), .. headers]);

    public sealed class OnSqlite(SqliteServer s) : CookieTests(s);

    public sealed class OnPostgreSql(PostgresServer s) : CookieTests(s);
}
