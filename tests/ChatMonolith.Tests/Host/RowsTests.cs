using System.Text.Json;
using ChatMonolith.Tests.Auth;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Hosting;

/// <summary>Rows of <c>docs/security/asvs.md</c> that belong to no one part of the server.</summary>
public abstract class RowsTests(ServerFixture fixture) : ServerTests(fixture)
{
    private static readonly string[] Secrets = ["hash", "stamp", "secret", "sealed", "refreshToken", "accessToken", "sessionId", "passwordHash", "totp", "\"ip\"", "recovery"];

    [Fact]
    public async Task A25_a_login_makes_tokens_of_its_own_and_a_step_up_proves_nothing_for_any_other_session()
    {
        await using var ann = await Server.Register("ann");
        await using var elsewhere = await ann.AtAnotherDevice();
        elsewhere.AccessToken.ShouldNotBe(ann.AccessToken);
        elsewhere.RefreshToken.ShouldNotBe(ann.RefreshToken);
        var before = (await elsewhere.Http.Get("auth/2fa")).Ok(200)["freshUntil"].GetString();
        (await ann.Http.Post("auth/step-up", new { password = ann.Password })).Ok(204);
        (await elsewhere.Http.Get("auth/2fa")).Ok(200)["freshUntil"].GetString().ShouldBe(before);
    }

    [Fact]
    public async Task A77_the_API_answers_what_comes_in_clear_itself_and_leads_nowhere_else()
    {
        foreach (var path in (string[])["config", "auth/me", "rooms", "nothing"])
        {
            var answer = await Server.Anonymous.Get(path);
            answer.Status.ShouldNotBeInRange(300, 399, path);
            answer.Header("location").ShouldBeNull();
            answer.Header("strict-transport-security").ShouldBeNull("it means nothing without TLS");
        }
    }

    [Fact]
    public async Task A87_no_step_is_taken_before_the_one_it_follows()
    {
        await using var ann = await Server.Register("ann");
        await using var bob = await Server.Register("bob");
        var room = await bob.CreateRoom("open", "public");
        (await ann.Http.Post($"rooms/{room}/messages", new { clientId = "1", text = "not in yet" })).Fails(403, "forbidden");
        (await ann.Http.Post("auth/2fa/totp/confirm", new { code = "123456" })).Fails(401, "invalid_credentials");
        (await ann.Http.Post("auth/2fa/recovery-codes")).Fails(409, "conflict");
        (await ann.Http.Delete("auth/2fa/totp", new { password = ann.Password, code = "123456" })).Fails(404, "not_found");
        (await ann.Http.Get("users/me/export/content")).Fails(404, "not_found");
        var (app, _) = await TotpApp.SetUp(ann);

        // The code is worth nothing before the password.
        (await Server.Anonymous.Post("auth/login", new { login = ann.Username, password = "not this one at all", code = app.Next })).Fails(401, "invalid_credentials");
        (await Server.Anonymous.Post("auth/login", new { login = ann.Username, password = ann.Password, code = app.Next })).Ok(200);
        (await Server.Anonymous.Post("auth/password/reset", new { token = "none", newPassword = "another copper kettle 48" })).Fails(401, "invalid_credentials");
    }

    [Fact]
    public async Task A110_what_is_private_is_kept_by_no_cache_under_whatever_name_it_is_asked_for()
    {
        await using var ann = await Server.Register("ann");
        var room = await ann.CreateRoom("plans");
        var said = await ann.Post(room, "private");
        foreach (var path in (string[])["auth/me", "rooms", $"rooms/{room}", $"rooms/{room}/messages", $"messages/{said.Id()}", "notifications", "auth/sessions", "auth/2fa"])
        {
            (await ann.Http.Get(path)).Ok(200).Header("cache-control").ShouldBe("no-store", path);
        }

        foreach (var path in (string[])[$"rooms/{room}/1.css", $"rooms/{room}/messages/1.js", $"messages/{said.Id()}/a.png", "auth/me/x.css", "auth/me.css"])
        {
            var answer = await ann.Http.Get(path);
            answer.Status.ShouldBe(404, path);
            answer.Text.ShouldNotContain("private");
        }
    }

    [Fact]
    public async Task A117_an_error_says_what_to_do_and_nothing_of_what_is_inside()
    {
        await using var ann = await Server.Register("ann");
        foreach (var answer in (Answer[])[
            await ann.Http.SendText(HttpMethod.Post, "rooms", "{"), await ann.Http.SendText(HttpMethod.Post, "rooms", "[1]"), await ann.Http.Get("rooms/nonsense"), await ann.Http.Get("search?q="),
            await ann.Http.Post("auth/passkeys/login", new { credential = new { response = new { clientDataJSON = "e30" } } }), await Server.Anonymous.Get("rooms"), await ann.Http.Send(HttpMethod.Trace, "rooms")])
        {
            answer.Status.ShouldBeInRange(400, 499, answer.ToString());
            answer.ContentType.ShouldNotBeNull().ShouldStartWith("application/problem+json");
            answer["traceId"].GetString().ShouldNotBeNullOrEmpty();
            foreach (var inside in (string[])["   at ", "Exception", "System.", "Microsoft.", ".cs", "SELECT", "auth_"])
            {
                answer.Text.ShouldNotContain(inside, Case.Sensitive, answer.ToString());
            }
        }
    }

    [Fact]
    public async Task B5_what_was_taken_out_of_a_room_is_gone_for_all_who_could_see_it()
    {
        await using var ann = await Server.Register("ann");
        await using var bob = await Server.Register("bob");
        var room = await ann.CreateRoom("plans", "private", bob);
        await bob.Connect();
        var word = $"zirconium{Guid.CreateVersion7():N}";
        var said = await ann.Post(room, word);
        await bob.Sees(word);
        (await ann.Http.Delete($"messages/{said.Id()}")).Ok(204);
        await bob.Live.WaitFor(f => f.Type() == "message.deleted", "bob to hear that it is gone");
        (await bob.Http.Get($"messages/{said.Id()}")).Ok(200).Text.ShouldNotContain(word);
        (await bob.Http.Get($"rooms/{room}/events?after=0")).Ok(200).Text.ShouldNotContain(word);
        (await bob.Http.Get($"search?q={word}")).Ok(200)["items"].GetArrayLength().ShouldBe(0);
        (await ann.Http.Delete($"rooms/{room}")).Ok(204);
        foreach (var path in (string[])[$"rooms/{room}", $"rooms/{room}/messages", $"rooms/{room}/events?after=0", $"messages/{said.Id()}"])
        {
            (await bob.Http.Get(path)).Fails(404, "not_found");
        }
    }

    [Fact]
    public async Task B7_B37_nothing_that_is_told_of_somebody_holds_a_secret_of_theirs()
    {
        await using var ann = await Server.Register("ann");
        await using var bob = await Server.Register("bob");
        await TotpApp.SetUp(ann);
        var room = await ann.CreateRoom("plans", "private", bob);
        await bob.Connect();
        await ann.Post(room, $"hello @{bob.Username}");
        await bob.Sees($"hello @{bob.Username}");
        (await ann.Http.Patch("users/me", new { bio = "about me" })).Ok();
        var told = bob.Live.Frames.Where(f => f.Type() != "hello").Select(f => f.GetRawText()).ToList();
        foreach (var path in (string[])[$"users/{ann.Id}", $"users?query={ann.Username}", "rooms", $"rooms/{room}", $"rooms/{room}/members", $"rooms/{room}/messages", $"rooms/{room}/events?after=0", "notifications", $"rooms/{room}/receipts"])
        {
            told.Add((await bob.Http.Get(path)).Ok(200).Text);
        }

        foreach (var text in told)
        {
            text.ShouldNotContain($"{ann.Username}@example.org");
            Secrets.ShouldNotContain(s => text.Contains(s, StringComparison.OrdinalIgnoreCase), text);
        }
    }

    [Fact]
    public async Task B35_secrets_made_in_the_same_moment_have_nothing_in_common()
    {
        await using var ann = await Server.Register("ann");
        var logins = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Server.Anonymous.Post("auth/login", new { login = ann.Username, password = ann.Password })));
        var tokens = logins.Select(l => l.Ok(200)["refreshToken"].GetString()!).ToArray();
        for (var i = 1; i < tokens.Length; i++)
        {
            // Of 43 characters two random ones share fewer than one on average.
            tokens[0].Zip(tokens[i]).Count(pair => pair.First == pair.Second).ShouldBeLessThan(10);
        }
    }

    [Fact]
    public void B39_the_runtime_has_the_fix_of_its_request_smuggling() => Environment.Version.ShouldBeGreaterThanOrEqualTo(new Version(10, 0, 0));

    public sealed class OnSqlite(SqliteServer server) : RowsTests(server);

    public sealed class OnPostgreSql(PostgresServer server) : RowsTests(server);
}
