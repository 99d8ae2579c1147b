using System.Globalization;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Hosting;

/// <summary>How often one may ask, and how many sockets one may open.</summary>
public abstract class LimitTests(Engine engine)
{
    [Fact]
    public async Task A90_each_class_of_routes_has_a_limit_of_its_own_by_account_and_says_when_to_come_again()
    {
        await using var chat = await RunningServer.Start(
            engine, ("RateLimits__Enabled", "true"), ("RateLimits__ReadsPerMinute", "20"), ("RateLimits__WritesPerMinute", "10"), ("RateLimits__CostlyPerMinute", "3"));
        await using var ann = await chat.Register("ann");
        await using var bob = await chat.Register("bob");
        (await UntilRefused(() => ann.Http.Get("auth/me"))).ShouldBeInRange(20, 25);
        (await UntilRefused(() => ann.Http.Post("auth/ws-ticket"))).ShouldBeInRange(10, 13);
        (await UntilRefused(() => ann.Http.Get("search?q=hello"))).ShouldBeInRange(3, 5);
        (await bob.Http.Get("auth/me")).Ok(200);
        var refused = await ann.Http.Get("auth/me");
        refused.Fails(429, "rate_limited").Header("content-security-policy").ShouldNotBeNull();
        int.Parse(refused.Header("retry-after")!, CultureInfo.InvariantCulture).ShouldBeInRange(1, 60);
        (await chat.Anonymous.Get("/health/live")).Ok(200);
    }

    [Fact]
    public async Task A9_B34_logins_are_limited_by_address_and_a_header_that_nobody_vouches_for_moves_no_bucket()
    {
        await using var chat = await RunningServer.Start(engine, ("RateLimits__Enabled", "true"), ("RateLimits__CredentialsPerMinute", "10"));
        await using var ann = await chat.Register("ann");
        var i = 0;
        var taken = await UntilRefused(() => chat.Anonymous.Send(
            HttpMethod.Post, "auth/login", new { login = $"nobody-{i}", password = "not this one" }, ("X-Forwarded-For", $"203.0.113.{i++}")));
        taken.ShouldBeInRange(5, 13);
        (await ann.Http.Get("auth/me")).Ok(200);
    }

    [Fact]
    public async Task A78_behind_a_trusted_proxy_each_address_has_a_bucket_of_its_own()
    {
        await using var chat = await RunningServer.Start(
            engine, ("RateLimits__Enabled", "true"), ("RateLimits__CredentialsPerMinute", "10"), ("Server__TrustedProxies__0", "127.0.0.1"));
        await using var ann = await chat.Register("ann");
        for (var i = 0; i < 30; i++)
        {
            (await chat.Anonymous.Send(HttpMethod.Post, "auth/login", new { login = "nobody-1", password = "not this one" }, ("X-Forwarded-For", $"203.0.113.{i}"))).Fails(401, "invalid_credentials");
        }
    }

    [Fact]
    public async Task A53_one_socket_too_many_from_an_address_is_refused_until_another_closes()
    {
        await using var chat = await RunningServer.Start(engine, ("RateLimits__Enabled", "true"), ("Realtime__MaxConnectionsPerAddress", "3"));
        await using var ann = await chat.Register("ann");
        await using var bob = await chat.Register("bob");
        var first = await ann.Open();
        await ann.Open();
        await bob.Open();
        await Should.ThrowAsync<Exception>(() => bob.Open());
        await first.Close();
        await Deadline.Until(
            async () =>
            {
                try
                {
                    await bob.Open();
                    return true;
                }
                catch (Exception e) when (e is System.Net.WebSockets.WebSocketException)
                {
                    return false;
                }
            },
            "a place to be free again");
    }

    private static async Task<int> UntilRefused(Func<Task<Answer>> ask)
    {
        for (var i = 0; i < 1000; i++)
        {
            if ((await ask()).Status == 429)
            {
                return i;
            }
        }

        throw new InvalidOperationException("Never refused.");
    }

    public sealed class OnSqlite() : LimitTests(Engine.Sqlite);

    public sealed class OnPostgreSql() : LimitTests(Engine.PostgreSql);
}
