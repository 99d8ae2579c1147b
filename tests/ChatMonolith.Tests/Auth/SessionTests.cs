using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Auth;

public abstract class SessionTests(ServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task A23_two_logins_give_different_tokens()
    {
        await using var ann = await Server.Register("ann");
        await using var elsewhere = await ann.AtAnotherDevice();
        elsewhere.AccessToken.ShouldNotBe(ann.AccessToken);
        elsewhere.RefreshToken.ShouldNotBe(ann.RefreshToken);
        TokenForge.ClaimsOf(elsewhere.AccessToken)["sid"]!.ToString().ShouldNotBe(TokenForge.ClaimsOf(ann.AccessToken)["sid"]!.ToString());
    }

    [Fact]
    public async Task A22_one_session_more_than_allowed_ends_the_one_idle_for_longest()
    {
        await using var server = await RunningServer.Start(Engine, ("Auth__SessionsPerAccount", "3"));
        await using var first = await server.Register("ann");
        await using var second = await first.AtAnotherDevice();
        await using var third = await first.AtAnotherDevice();
        (await first.Http.Get("auth/me")).Ok(200);
        (await third.Http.Get("auth/me")).Ok(200);
        await using var fourth = await first.AtAnotherDevice();
        (await second.Http.Get("auth/me")).Fails(401, "unauthenticated");
        (await first.Http.Get("auth/me")).Ok(200);
        (await fourth.Http.Get("auth/sessions")).Ok(200)["items"].GetArrayLength().ShouldBe(3);
    }

    [Fact]
    public async Task A27_logout_ends_the_access_token_the_refresh_token_the_ticket_and_the_socket_at_once()
    {
        await using var ann = await Server.Register("ann");
        var socket = await ann.Connect();
        var ticket = (await ann.Http.Post("auth/ws-ticket")).Ok(200)["ticket"].GetString()!;
        (await ann.Http.Post("auth/logout")).Ok(204);
        (await ann.Http.Get("auth/me")).Fails(401, "unauthenticated");
        (await Server.Anonymous.Post("auth/refresh", new { refreshToken = ann.RefreshToken })).Fails(401, "unauthenticated");
        (await socket.Closed.Within("the socket to be cut")).ShouldBe(4403);
        await Should.ThrowAsync<System.Net.WebSockets.WebSocketException>(() => LiveSocket.Connect(Server.Address, SocketCredentials.Ticket(ticket)));
        (await ann.Http.Post("auth/logout")).Fails(401, "unauthenticated");
    }

    [Fact]
    public async Task A27_B6_not_one_of_many_requests_that_race_a_logout_is_accepted_after_its_answer()
    {
        await using var ann = await Server.Register("ann");
        for (var round = 0; round < 5; round++)
        {
            await ann.LogIn();
            var ended = false;
            var racing = Enumerable.Range(0, 4).Select(async _ =>
            {
                for (var i = 0; i < 15; i++)
                {
                    var afterTheEnd = Volatile.Read(ref ended);
                    var answer = await ann.Http.Get("auth/me");
                    (afterTheEnd && answer.IsOk).ShouldBeFalse("a request that began after the logout's answer");
                }
            }).ToList();
            (await ann.Http.Post("auth/logout")).Ok(204);
            Volatile.Write(ref ended, true);
            await Task.WhenAll(racing);
        }
    }

    [Fact]
    public async Task A30_sessions_are_listed_without_tokens_and_ended_one_by_one()
    {
        await using var ann = await Server.Register("ann");
        await using var phone = await ann.AtAnotherDevice();
        var socket = await phone.Connect();
        var list = (await ann.Http.Get("auth/sessions")).Ok(200);
        list["nextCursor"].ValueKind.ShouldBe(System.Text.Json.JsonValueKind.Null);
        var items = list["items"].EnumerateArray().ToArray();
        items.Length.ShouldBe(2);
        items[0].EnumerateObject().Select(p => p.Name).ShouldBe(["id", "createdAt", "lastUsedAt", "userAgent", "ip", "current"]);
        items.Count(s => s.GetProperty("current").GetBoolean()).ShouldBe(1);
        items[0].GetProperty("ip").GetString().ShouldBe("127.0.0.1");
        list.Text.ShouldNotContain(phone.RefreshToken);
        var other = items.Single(s => !s.GetProperty("current").GetBoolean()).GetProperty("id").GetGuid();

        (await ann.Http.Delete($"auth/sessions/{other}")).Ok(204);
        (await socket.Closed.Within("the socket to be cut")).ShouldBe(4403);
        (await phone.Http.Get("auth/me")).Fails(401, "unauthenticated");
        (await ann.Http.Get("auth/me")).Ok(200);
        (await ann.Http.Delete($"auth/sessions/{other}")).Fails(404, "not_found");
    }

    [Fact]
    public async Task A30_A41_a_session_of_somebody_else_is_not_found_and_lives_on()
    {
        await using var ann = await Server.Register("ann");
        await using var bob = await Server.Register("bob");
        var hers = (await ann.Http.Get("auth/sessions"))["items"][0].GetProperty("id").GetGuid();
        (await bob.Http.Delete($"auth/sessions/{hers}")).Fails(404, "not_found");
        (await bob.Http.Delete($"auth/sessions/{Guid.CreateVersion7()}")).Fails(404, "not_found");
        (await bob.Http.Delete("auth/sessions/nonsense")).Fails(404, "not_found");
        (await ann.Http.Get("auth/me")).Ok(200);
    }

    [Fact]
    public async Task A30_all_other_sessions_end_together_with_their_sockets()
    {
        await using var ann = await Server.Register("ann");
        await using var phone = await ann.AtAnotherDevice();
        await using var tablet = await ann.AtAnotherDevice();
        var mine = await ann.Connect();
        var theirs = await phone.Connect();
        (await ann.Http.Delete("auth/sessions")).Ok(204);
        (await theirs.Closed.Within("the socket to be cut")).ShouldBe(4403);
        (await tablet.Http.Get("auth/me")).Fails(401, "unauthenticated");
        await mine.Settle();
        (await ann.Http.Get("auth/sessions"))["items"].GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task A29_B17_changing_the_password_ends_the_other_sessions_and_keeps_this_one()
    {
        await using var ann = await Server.Register("ann");
        await using var phone = await ann.AtAnotherDevice();
        var theirs = await phone.Connect();
        var mine = await ann.Connect();
        (await ann.Http.Post("auth/password/change", new { currentPassword = ann.Password, newPassword = "another copper kettle" })).Ok(204);
        (await theirs.Closed.Within("the socket to be cut")).ShouldBe(4403);
        (await phone.Http.Get("auth/me")).Fails(401, "unauthenticated");
        (await Server.Anonymous.Post("auth/refresh", new { refreshToken = phone.RefreshToken })).Fails(401, "unauthenticated");
        await mine.Settle();
        (await Server.Anonymous.Post("auth/refresh", new { refreshToken = ann.RefreshToken })).Ok(200);
        (await Server.Anonymous.Post("auth/login", new { login = ann.Username, password = ann.Password })).Fails(401, "invalid_credentials");
        (await Server.Anonymous.Post("auth/login", new { login = ann.Username, password = "another copper kettle" })).Ok(200);
    }

    [Fact]
    public async Task A27_sessions_and_their_ends_survive_a_restart()
    {
        await using var server = await RunningServer.Start(Engine);
        await using var ann = await server.Register("ann");
        await using var phone = await ann.AtAnotherDevice();
        (await phone.Http.Post("auth/logout")).Ok(204);
        await server.Kill9();
        await server.Restart();
        (await ann.Http.Get("auth/me")).Ok(200);
        (await phone.Http.Get("auth/me")).Fails(401, "unauthenticated");
        (await server.Anonymous.Post("auth/refresh", new { refreshToken = ann.RefreshToken })).Ok(200);
    }

    public sealed class OnSqlite(SqliteServer s) : SessionTests(s);

    public sealed class OnPostgreSql(PostgresServer s) : SessionTests(s);
}
