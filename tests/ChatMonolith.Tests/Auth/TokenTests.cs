using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Mailing;

namespace ChatMonolith.Tests.Auth;

/// <summary>Personal access tokens, and sessions that owe something.</summary>
public abstract class TokenTests(MailedServer fixture) : AccountTests(fixture)
{
    [Fact]
    public async Task A_token_does_what_its_scopes_say_and_never_reaches_the_account()
    {
        await using var ann = await Confirmed("ann");
        var room = await ann.CreateRoom("plans");
        var read = await Make(ann, "read");
        var write = await Make(ann, "read", "write");
        var live = await Make(ann, "live");
        (await As(read, HttpMethod.Get, $"rooms/{room}/messages")).Ok(200);
        (await As(read, HttpMethod.Get, "auth/me")).Ok(200)["username"].GetString().ShouldBe(ann.Username);
        var message = new { clientId = "one", text = "by a script" };
        (await As(read, HttpMethod.Post, $"rooms/{room}/messages", message)).Fails(403, "forbidden");
        (await As(write, HttpMethod.Post, $"rooms/{room}/messages", message)).Ok(201)["senderId"].GetGuid().ShouldBe(ann.Id);
        (await As(live, HttpMethod.Get, $"rooms/{room}/messages")).Fails(403, "forbidden");
        await using (await LiveSocket.Connect(Server.Address, SocketCredentials.Bearer(live), resume: false, onlyRoom: null))
        {
        }

        foreach (var (method, path) in ((HttpMethod, string)[])[
            (HttpMethod.Get, "auth/sessions"), (HttpMethod.Delete, "auth/sessions"), (HttpMethod.Get, "auth/tokens"), (HttpMethod.Post, "auth/tokens"), (HttpMethod.Post, "auth/2fa/totp"),
            (HttpMethod.Post, "auth/password/change"), (HttpMethod.Post, "auth/email/change"), (HttpMethod.Post, "auth/logout"), (HttpMethod.Post, "auth/step-up"), (HttpMethod.Get, "admin/mail"),
            (HttpMethod.Post, "auth/ws-ticket")])
        {
            (await As(write, method, path, new { })).Status.ShouldBe(403, $"{method} {path}");
        }

        (await ann.Http.Post("auth/tokens", new { name = "x", scopes = new[] { "admin" } })).Fails(403, "forbidden");
        (await ann.Http.Post("auth/tokens", new { name = "x", scopes = new[] { "everything" } })).Fails(400, "validation");
        (await ann.Http.Post("auth/tokens", new { name = "x", scopes = new[] { "read" }, expiresAt = "2020-01-01T00:00:00.000Z" })).Fails(400, "validation");
    }

    [Fact]
    public async Task B17_B18_a_token_ends_when_it_is_deleted_and_with_a_change_of_the_password()
    {
        await using var ann = await Confirmed("ann");
        await using var bob = await Confirmed("bob");
        var first = await Make(ann, "read", "live");
        var second = await Make(ann, "read");
        var listed = (await ann.Http.Get("auth/tokens")).Ok(200);
        listed.Text.ShouldNotContain(first);
        listed["items"].GetArrayLength().ShouldBe(2);
        (await ann.Http.Get("auth/sessions")).Ok(200)["items"].GetArrayLength().ShouldBe(1, "tokens are no sessions");
        var id = listed["items"][1].GetProperty("id").GetString();
        await using var socket = await LiveSocket.Connect(Server.Address, SocketCredentials.Bearer(first), resume: false, onlyRoom: null);
        (await bob.Http.Delete($"auth/tokens/{id}")).Fails(404, "not_found");
        (await ann.Http.Delete($"auth/tokens/{id}")).Ok(204);
        (await As(first, HttpMethod.Get, "auth/me")).Fails(401, "unauthenticated");
        (await socket.Closed.Within("the socket to be closed")).ShouldBe(4403);
        (await As(second, HttpMethod.Get, "auth/me")).Ok(200);
        (await ann.Http.Post("auth/password/change", new { currentPassword = ann.Password, newPassword = "another copper kettle 48" })).Ok(204);
        (await As(second, HttpMethod.Get, "auth/me")).Fails(401, "unauthenticated");
        (await As(second[..^1] + (second[^1] == 'A' ? 'B' : 'A'), HttpMethod.Get, "auth/me")).Fails(401, "unauthenticated");
    }

    [Fact]
    public async Task A31_what_needs_a_fresh_proof_asks_for_it_and_a_step_up_gives_it_for_ten_minutes()
    {
        var clock = new MovedClock();
        await using var server = await Realtime.InProcess.Start(clock);
        using var http = new HttpCaller(server.Address);
        (await http.Post("auth/register", new { username = "ann", email = "ann@example.org", password = Password })).Ok(201);
        var login = (await http.Post("auth/login", new { login = "ann", password = Password })).Ok(200);
        http.AccessToken = login["accessToken"].GetString();
        var token = new { name = "script", scopes = new[] { "read" } };
        (await http.Post("auth/tokens", token)).Ok(201);
        clock.Move(TimeSpan.FromMinutes(10.1));
        foreach (var path in (string[])["auth/tokens", "auth/2fa/totp", "auth/2fa/recovery-codes", "auth/passkeys/register/options", "auth/email/change"])
        {
            (await http.Post(path, token)).Fails(403, "step_up_required");
        }

        (await http.Post("auth/step-up", new { password = "not this one" })).Fails(401, "invalid_credentials");
        (await http.Post("auth/tokens", token)).Fails(403, "step_up_required");
        (await http.Post("auth/step-up", new { password = Password })).Ok(204);
        (await http.Post("auth/tokens", token)).Ok(201);
        var begun = (await http.Post("auth/2fa/totp")).Ok(200)["secret"].GetString()!;
        var app = new TotpApp(begun);
        (await http.Post("auth/2fa/totp/confirm", new { code = app.At(clock.GetUtcNow()) })).Ok(200);
        clock.Move(TimeSpan.FromMinutes(10.1));
        login = (await http.Post("auth/refresh", new { refreshToken = login["refreshToken"].GetString() })).Ok(200);
        http.AccessToken = login["accessToken"].GetString();
        (await http.Post("auth/step-up", new { password = Password })).Fails(401, "two_factor_required");
        (await http.Post("auth/tokens", token)).Fails(403, "step_up_required");
        (await http.Post("auth/step-up", new { password = Password, code = app.At(clock.GetUtcNow()) })).Ok(204);
        (await http.Post("auth/tokens", token)).Ok(201);
    }

    [Fact]
    public async Task A11_B2_where_all_must_have_a_second_factor_a_password_alone_reaches_nothing_but_its_setting_up()
    {
        await using var chat = await RunningServer.Start(Engine, ("Auth__SecondFactor", "All"));
        await using var ann = await chat.Register("ann");
        (await chat.Anonymous.Get("config")).Ok(200)["secondFactorPolicy"].GetString().ShouldBe("all");
        foreach (var (method, path) in ((HttpMethod, string)[])[(HttpMethod.Get, "rooms"), (HttpMethod.Post, "rooms"), (HttpMethod.Get, "users"), (HttpMethod.Post, "auth/ws-ticket"), (HttpMethod.Post, "auth/tokens"), (HttpMethod.Get, "admin/mail")])
        {
            (await ann.Http.Send(method, path, method == HttpMethod.Post ? new { } : null)).Fails(401, "two_factor_required");
        }

        (await chat.Anonymous.Post("auth/refresh", new { refreshToken = ann.RefreshToken })).Fails(401, "two_factor_required");
        await Should.ThrowAsync<Exception>(() => LiveSocket.Connect(chat.Address, SocketCredentials.Bearer(ann.AccessToken), resume: false, onlyRoom: null));
        (await ann.Http.Get("auth/2fa")).Ok(200)["owed"].GetBoolean().ShouldBeTrue();
        await TotpApp.SetUp(ann);
        (await ann.Http.Get("rooms")).Ok(200);
        await using (await LiveSocket.Connect(chat.Address, SocketCredentials.Bearer(ann.AccessToken), resume: false, onlyRoom: null))
        {
        }
    }

    private static async Task<string> Make(Person person, params string[] scopes) => (await person.Http.Post("auth/tokens", new { name = "script", scopes })).Ok(201)["token"].GetString()!;

    private Task<Answer> As(string token, HttpMethod method, string path, object? body = null) =>
        Server.Anonymous.Send(method, path, method == HttpMethod.Get ? null : body, ("Authorization", "Bearer " + token));

    public sealed class OnSqlite(MailedSqlite s) : TokenTests(s);

    public sealed class OnPostgreSql(MailedPostgres s) : TokenTests(s);
}
