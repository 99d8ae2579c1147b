using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Hosting;

/// <summary>What every answer has in common, whichever module gives it.</summary>
public abstract class HttpSurfaceTests(ServerFixture fixture) : ServerTests(fixture)
{
    public static TheoryData<string> SomePaths => ["/", "/health/live", "/health/ready", "/openapi/v1.json", "/api/v1/nothing", "/api/v1/rooms", "/docs/index.html", "/room/page", "/none.css"];

    [Theory]
    [MemberData(nameof(SomePaths))]
    public async Task A72_A73_A108_every_answer_carries_the_security_headers_and_no_version(string path)
    {
        var answer = await Server.Anonymous.Get(path);
        var csp = answer.Header("content-security-policy").ShouldNotBeNull();
        csp.ShouldContain("default-src 'none'");
        csp.ShouldContain("object-src 'none'");
        csp.ShouldContain("base-uri 'none'");
        csp.ShouldContain("frame-ancestors 'none'");
        csp.ShouldNotContain("script-src 'self' 'unsafe-inline'");
        answer.Header("x-content-type-options").ShouldBe("nosniff");
        answer.Header("referrer-policy").ShouldBe("no-referrer");
        answer.Header("cross-origin-opener-policy").ShouldBe("same-origin");
        answer.Header("cross-origin-resource-policy").ShouldBe("same-origin");
        answer.Header("server").ShouldBeNull();
        answer.Header("x-powered-by").ShouldBeNull();
    }

    [Theory]
    [MemberData(nameof(SomePaths))]
    public async Task A71_no_origin_is_allowed_by_cors(string path)
    {
        foreach (var origin in new[] { "https://evil.example", "null", "http://127.0.0.1.evil.example" })
        {
            var answer = await Server.Anonymous.Send(HttpMethod.Get, path, null, ("Origin", origin));
            answer.Header("access-control-allow-origin").ShouldBeNull();
            answer.Header("access-control-allow-credentials").ShouldBeNull();
        }
    }

    [Theory]
    [MemberData(nameof(SomePaths))]
    public async Task A76_every_body_says_its_type_and_charset(string path)
    {
        var answer = await Server.Anonymous.Get(path);
        if (answer.Text.Length > 0)
        {
            answer.ContentType.ShouldNotBeNull();
            if (answer.ContentType.StartsWith("text/", StringComparison.Ordinal) || answer.ContentType.Contains("json", StringComparison.Ordinal))
            {
                answer.ContentType.ShouldContain(path.StartsWith("/docs", StringComparison.Ordinal) || path == "/" ? "" : "charset=utf-8", Case.Insensitive);
            }
        }
    }

    [Theory]
    [InlineData("GET", "nothing")]
    [InlineData("POST", "rooms/not-an-id/messages")]
    [InlineData("GET", "rooms/%2e%2e%2fconfig")]
    [InlineData("GET", "auth/%256d%2565")]
    public async Task A81_an_unknown_api_path_is_a_problem_and_no_page(string method, string path)
    {
        var answer = await Server.Anonymous.Send(new HttpMethod(method), path);
        answer.Fails(404, "not_found");
        answer["traceId"].GetString().ShouldNotBeNullOrEmpty();
        answer["status"].GetInt32().ShouldBe(404);
        answer.Header("cache-control").ShouldBe("no-store");
    }

    [Theory]
    [InlineData("TRACE", "/api/v1/rooms")]
    [InlineData("TRACE", "/health/live")]
    [InlineData("DELETE", "/health/live")]
    [InlineData("PATCH", "/api/v1/auth/login")]
    [InlineData("PUT", "/api/v1/rooms")]
    public async Task A79_a_method_that_a_route_does_not_take_answers_405(string method, string path) =>
        (await Server.Anonymous.Send(new HttpMethod(method), path)).Fails(405, "method_not_allowed");

    [Fact]
    public async Task A92_a_parameter_named_twice_is_refused() =>
        (await Server.Anonymous.Get("users?query=a&query=b")).Fails(400, "validation");

    [Fact]
    public async Task A40_every_route_of_the_description_that_is_not_public_refuses_a_caller_without_credentials()
    {
        var description = (await Server.Anonymous.Get("/openapi/v1.json")).Ok(200);
        var checkedRoutes = 0;
        foreach (var path in description["paths"].EnumerateObject())
        {
            foreach (var operation in path.Value.EnumerateObject().Where(o => o.Name is "get" or "post" or "put" or "patch" or "delete"))
            {
                if (PublicRoutes.Contains($"{operation.Name.ToUpperInvariant()} {path.Name}"))
                {
                    continue;
                }

                var concrete = System.Text.RegularExpressions.Regex.Replace(path.Name, "\\{[^}]+\\}", Guid.CreateVersion7().ToString(), default, TimeSpan.FromSeconds(1));
                (await Server.Anonymous.Send(new HttpMethod(operation.Name.ToUpperInvariant()), concrete, operation.Name is "get" or "delete" ? null : new { })).Fails(401, "unauthenticated");
                checkedRoutes++;
            }
        }

        checkedRoutes.ShouldBeGreaterThan(20);
    }

    private static readonly string[] PublicRoutes =
    [
        "GET /api/v1/config", "POST /api/v1/auth/register", "POST /api/v1/auth/login", "POST /api/v1/auth/refresh",
        "POST /api/v1/transfers/{id}/open", "GET /api/v1/transfers/{id}/files/{fileId}/content",
        "POST /api/v1/auth/password/forgot", "POST /api/v1/auth/password/reset", "POST /api/v1/auth/email/verify", "POST /api/v1/auth/email/resend", "POST /api/v1/auth/code",
        "POST /api/v1/auth/passkeys/login", "POST /api/v1/auth/passkeys/login/options", "POST /api/v1/hooks/{id}/{secret}",
        "POST /api/v1/transfers/{id}/open", "GET /api/v1/transfers/{id}/files/{fileId}/content",
    ];

    public sealed class OnSqlite(SqliteServer server) : HttpSurfaceTests(server);

    public sealed class OnPostgreSql(PostgresServer server) : HttpSurfaceTests(server);
}
