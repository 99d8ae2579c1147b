using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Mailing;

namespace ChatMonolith.Tests.Auth;

/// <summary>A109, A114, A116: nothing that opens anything is in the log, at its most talkative, whatever was done.</summary>
public abstract class LogCanaryTests(Engine engine)
{
    [Fact]
    public async Task A109_A114_no_secret_of_any_flow_is_in_the_log()
    {
        await using var mail = await MailServer.Start("StartTls", "chat:mail-password-canary");
        await using var chat = await RunningServer.Start(engine, [.. mail.Settings, ("Logging__LogLevel__Default", "Debug"), ("Logging__LogLevel__Microsoft.AspNetCore", "Debug"), ("Logging__LogLevel__Microsoft.EntityFrameworkCore", "Debug")]);
        var canaries = new List<string> { "mail-password-canary", "wrong-password-canary", "next-password-canary" };
        await using var ann = await chat.Register("ann");
        canaries.AddRange([ann.Password, ann.AccessToken, ann.RefreshToken]);
        var address = $"{ann.Username}@example.org";
        canaries.Add((await mail.LetterTo(address)).Code);
        (await chat.Anonymous.Post("auth/email/verify", new { email = address, code = canaries[^1] })).Ok(204);
        (await chat.Anonymous.Post("auth/login", new { login = ann.Username, password = "wrong-password-canary" })).Fails(401, "invalid_credentials");
        var ticket = (await ann.Http.Post("auth/ws-ticket")).Ok(200)["ticket"].GetString()!;
        canaries.Add(ticket);
        await using (await LiveSocket.Connect(chat.Address, SocketCredentials.Ticket(ticket)))
        {
        }

        await using (await LiveSocket.Connect(chat.Address, SocketCredentials.Token(ann.AccessToken)))
        {
        }

        var (app, recovery) = await TotpApp.SetUp(ann);
        canaries.AddRange(recovery);
        var code = app.Next;
        var login = (await chat.Anonymous.Post("auth/login", new { login = ann.Username, password = ann.Password, code })).Ok(200);
        canaries.AddRange([login["accessToken"].GetString()!, login["refreshToken"].GetString()!]);
        var refreshed = (await chat.Anonymous.Post("auth/refresh", new { refreshToken = login["refreshToken"].GetString() })).Ok(200);
        canaries.Add(refreshed["refreshToken"].GetString()!);
        canaries.Add((await ann.Http.Post("auth/tokens", new { name = "script", scopes = new[] { "read" } })).Ok(201)["token"].GetString()!);
        (await chat.Anonymous.Send(HttpMethod.Get, "auth/me", null, ("Authorization", "Bearer " + canaries[^1]))).Ok(200);
        (await ann.Http.Post("invitations", new { email = "bob@example.org" })).Ok(201);
        canaries.Add((await mail.LetterTo("bob@example.org")).Secret);
        (await chat.Anonymous.Post("auth/register", new { username = "bob-1", invitation = canaries[^1] })).Ok(201);
        (await chat.Anonymous.Post("auth/password/forgot", new { email = address })).Ok(202);
        canaries.Add((await mail.LetterTo(address, "/reset#")).Secret);
        (await chat.Anonymous.Post("auth/password/reset", new { token = canaries[^1], newPassword = "next-password-canary" })).Ok(204);
        (await chat.Stop()).ShouldBe(0);
        chat.Output.ShouldContain("1006", customMessage: "the log is there");
        foreach (var canary in canaries.Where(c => c.Length > 6))
        {
            chat.Output.ShouldNotContain(canary);
        }
    }

    public sealed class OnSqlite() : LogCanaryTests(Engine.Sqlite);

    public sealed class OnPostgreSql() : LogCanaryTests(Engine.PostgreSql);
}
