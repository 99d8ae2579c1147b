using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Auth;

public abstract class RefreshTests(ServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task A38_a_refresh_token_is_exchanged_for_its_successor_and_a_new_access_token()
    {
        await using var ann = await Server.Register("ann");
        var answer = await Refresh(ann.RefreshToken);
        answer.Ok(200).Json.EnumerateObject().Select(p => p.Name).ShouldBe(["accessToken", "refreshToken", "tokenType", "expiresIn", "user"]);
        answer["refreshToken"].GetString().ShouldNotBe(ann.RefreshToken);
        answer["accessToken"].GetString().ShouldNotBe(ann.AccessToken);
        (await Server.Anonymous.Send(HttpMethod.Get, "auth/me", null, ("Authorization", "Bearer " + answer["accessToken"].GetString()))).Ok(200);
    }

    [Fact]
    public async Task A38_the_direct_repeat_after_a_lost_reply_yields_the_same_successor()
    {
        await using var ann = await Server.Register("ann");
        var first = await Refresh(ann.RefreshToken);
        var repeat = await Refresh(ann.RefreshToken);
        repeat.Ok(200)["refreshToken"].GetString().ShouldBe(first["refreshToken"].GetString());
        (await Refresh(first["refreshToken"].GetString()!)).Ok(200);
    }

    [Fact]
    public async Task A38_twenty_refreshes_at_once_get_one_and_the_same_successor()
    {
        await using var ann = await Server.Register("ann");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Refresh(ann.RefreshToken)));
        answers.ShouldAllBe(a => a.Status == 200);
        answers.Select(a => a["refreshToken"].GetString()).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task A38_a_repeat_after_the_successor_was_used_ends_the_whole_session_and_its_socket()
    {
        await using var ann = await Server.Register("ann");
        var socket = await ann.Connect();
        var second = (await Refresh(ann.RefreshToken))["refreshToken"].GetString()!;
        var third = (await Refresh(second))["refreshToken"].GetString()!;
        (await Refresh(ann.RefreshToken)).Fails(401, "refresh_reused");
        (await socket.Closed.Within("the socket to be cut")).ShouldBe(4403);
        (await Refresh(third)).Fails(401, "unauthenticated");
        (await Refresh(second)).Fails(401, "unauthenticated");
        (await ann.Http.Get("auth/me")).Fails(401, "unauthenticated");
    }

    [Fact]
    public async Task A38_a_repeat_later_than_the_window_ends_the_session()
    {
        await using var server = await RunningServer.Start(Engine, ("Auth__RefreshRepeatSeconds", "0"));
        await using var ann = await server.Register("ann");
        (await server.Anonymous.Post("auth/refresh", new { refreshToken = ann.RefreshToken })).Ok(200);
        await Deadline.Until(
            async () => (await server.Anonymous.Post("auth/refresh", new { refreshToken = ann.RefreshToken })).Code == "refresh_reused", "the window to be over");
        (await ann.Http.Get("auth/me")).Fails(401, "unauthenticated");
    }

    [Fact]
    public async Task A38_another_session_is_not_touched_by_a_reuse()
    {
        await using var ann = await Server.Register("ann");
        await using var phone = await ann.AtAnotherDevice();
        var second = (await Refresh(ann.RefreshToken))["refreshToken"].GetString()!;
        (await Refresh(second)).Ok(200);
        (await Refresh(ann.RefreshToken)).Fails(401, "refresh_reused");
        (await phone.Http.Get("auth/me")).Ok(200);
        (await Refresh(phone.RefreshToken)).Ok(200);
    }

    [Fact]
    public async Task A38_the_repeat_survives_a_restart_between_the_two()
    {
        await using var server = await RunningServer.Start(Engine, ("Auth__RefreshRepeatSeconds", "300"));
        await using var ann = await server.Register("ann");
        var first = (await server.Anonymous.Post("auth/refresh", new { refreshToken = ann.RefreshToken })).Ok(200)["refreshToken"].GetString();
        await server.Kill9();
        await server.Restart();
        (await server.Anonymous.Post("auth/refresh", new { refreshToken = ann.RefreshToken })).Ok(200)["refreshToken"].GetString().ShouldBe(first);
    }

    [Fact]
    public async Task A24_tokens_carry_256_bits_and_none_comes_twice()
    {
        await using var ann = await Server.Register("ann");
        var tokens = new List<string> { ann.RefreshToken };
        for (var i = 0; i < 50; i++)
        {
            tokens.Add((await Refresh(tokens[^1])).Ok(200)["refreshToken"].GetString()!);
            tokens.Add((await ann.Http.Post("auth/ws-ticket")).Ok(200)["ticket"].GetString()!);
            tokens.Reverse(tokens.Count - 2, 2);
        }

        tokens.ShouldAllBe(t => t.Length == 43);
        tokens.ShouldBeUnique();
    }

    [Theory]
    [InlineData("")]
    [InlineData("x")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAB")]
    [InlineData("not base64url at all, but 43 characters long")]
    public async Task A38_what_is_no_refresh_token_is_refused(string token) => (await Refresh(token)).Fails(401, "unauthenticated");

    [Fact]
    public async Task A38_without_token_or_cookie_there_is_nothing_to_refresh()
    {
        (await Server.Anonymous.Post("auth/refresh")).Fails(401, "unauthenticated");
        (await Server.Anonymous.Post("auth/refresh", new { })).Fails(401, "unauthenticated");
        (await Server.Anonymous.Post("auth/refresh", new { refreshToken = 5 })).Fails(400, "validation");
    }

    private Task<Answer> Refresh(string token) => Server.Anonymous.Post("auth/refresh", new { refreshToken = token });

    public sealed class OnSqlite(SqliteServer s) : RefreshTests(s);

    public sealed class OnPostgreSql(PostgresServer s) : RefreshTests(s);
}
