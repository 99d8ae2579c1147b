using System.Net;
using System.Net.Sockets;
using System.Text;
using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Admin;

/// <summary>What admins do to accounts, and what they never learn.</summary>
public abstract class AccountAdministrationTests(AdministeredServer fixture) : AdminTests(fixture)
{
    [Fact]
    public async Task A28_B6_B18_a_deactivated_person_has_nothing_open_when_the_call_returns_and_nothing_is_accepted_after_it()
    {
        await using var ann = await Server.Register("Ann");
        var room = await ann.CreateRoom("plans");
        var socket = await ann.Connect();
        var token = (await ann.Http.Post("auth/tokens", new { name = "script", scopes = new[] { "read", "write" } })).Ok(201)["token"].GetString()!;
        using var script = new HttpCaller(Server.Address) { AccessToken = token };

        // An upload on which nothing comes any more: only the end of its session can end it.
        var path = await ann.BeginUpload(1_000_000, ("filename", "slow.bin"));
        using var upload = new TcpClient();
        await upload.ConnectAsync(IPAddress.Loopback, Server.Port, TestContext.Current.CancellationToken);
        var head = $"PATCH {path} HTTP/1.1\r\nHost: 127.0.0.1:{Server.Port}\r\nAuthorization: Bearer {ann.AccessToken}\r\nTus-Resumable: 1.0.0\r\nUpload-Offset: 0\r\nContent-Type: application/offset+octet-stream\r\nContent-Length: 1000000\r\n\r\n";
        await upload.GetStream().WriteAsync((byte[])[.. Encoding.ASCII.GetBytes(head), .. new byte[10_000]], TestContext.Current.CancellationToken);
        var uploading = FirstLine(upload);

        var returned = 0;
        using var stop = new CancellationTokenSource();
        var acceptedAfter = new List<string>();
        var loops = Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            for (var n = 0; !stop.IsCancellationRequested && n < 500; n++)
            {
                var after = Volatile.Read(ref returned) == 1;
                var answer = i % 2 == 0
                    ? await (i % 4 == 0 ? ann.Http : script).Post($"rooms/{room}/messages", new { clientId = $"{i}-{n}", text = "still here" })
                    : await (i % 4 == 1 ? ann.Http : script).Get("auth/me");
                if (after && answer.IsOk)
                {
                    lock (acceptedAfter)
                    {
                        acceptedAfter.Add(answer.ToString());
                    }
                }

                if (after)
                {
                    return;
                }
            }
        })).ToArray();

        var changed = (await Admin.Http.Patch($"admin/users/{ann.Id}", new { isActive = false })).Ok(200);
        Volatile.Write(ref returned, 1);
        changed["isActive"].GetBoolean().ShouldBeFalse();
        changed["sessions"].GetInt32().ShouldBe(0);
        (await ann.Http.Get("auth/me")).Fails(401, "unauthenticated");
        (await script.Get("auth/me")).Fails(401, "unauthenticated");
        (await Server.Anonymous.Post("auth/refresh", new { refreshToken = ann.RefreshToken })).Fails(401, "unauthenticated");
        (await Server.Anonymous.Post("auth/login", new { login = ann.Username, password = ann.Password })).Fails(401, "invalid_credentials");
        (await socket.Closed.Within("the socket to be closed")).ShouldBe(4403);
        (await uploading.Within("the upload to have ended")).ShouldContain("401");

        await Task.WhenAll(loops).Within("the requests to end");
        await stop.CancelAsync();
        acceptedAfter.ShouldBeEmpty();

        // And comes back as they were, with the same password and new sessions.
        (await Admin.Http.Patch($"admin/users/{ann.Id}", new { isActive = true })).Ok(200)["isActive"].GetBoolean().ShouldBeTrue();
        (await ann.Http.Get("auth/me")).Fails(401, "unauthenticated");
        await ann.LogIn();
        (await ann.Http.Get($"rooms/{room}")).Ok(200);
        (await Audit($"subjectId={ann.Id}&action=user.")).Select(e => e.String("action")).ShouldBe(["user.activated", "user.deactivated", "user.registered"]);
    }

    [Fact]
    public async Task A17_an_admin_makes_an_account_and_starts_a_reset_without_ever_seeing_a_secret()
    {
        var name = "new-" + Guid.CreateVersion7().ToString("N")[^8..];
        var made = (await Admin.Http.Post("admin/users", new { email = $"{name}@example.org", username = name, displayName = "New", role = "member", password = "chosen by an admin 1" })).Ok(201);
        var letter = await Mail.LetterTo($"{name}@example.org", "your account");
        letter.Text.ShouldContain(name);
        made.Text.ShouldNotContain(letter.Secret);
        (await Server.Anonymous.Post("auth/login", new { login = name, password = "chosen by an admin 1" })).Fails(401, "invalid_credentials");
        (await Server.Anonymous.Post("auth/password/reset", new { token = letter.Secret, newPassword = Password })).Ok(204);
        (await Server.Anonymous.Post("auth/login", new { login = name, password = Password })).Ok(200);

        var id = made["id"].GetGuid();
        var asked = (await Admin.Http.Post($"admin/users/{id}/reset-link")).Ok(202);
        var reset = await Mail.LetterTo($"{name}@example.org", "choose a new password");
        asked.Text.ShouldNotContain(reset.Secret);
        (await Admin.Http.Get($"admin/tokens?kind=reset&userId={id}")).Ok(200).Text.ShouldNotContain(reset.Secret);
        (await Admin.Http.Delete($"admin/tokens/{id}")).Ok(204);
        (await Server.Anonymous.Post("auth/password/reset", new { token = reset.Secret, newPassword = "another copper kettle 48" })).Fails(401, "invalid_credentials");
        (await Admin.Http.Patch($"admin/users/{id}", new { password = "chosen by an admin 2" })).Fails(400, "validation");
        (await Admin.Http.Post("admin/users", new { email = $"{name}@example.org" })).Fails(409, "email_taken");
        (await Admin.Http.Post("admin/users", new { email = "nonsense" })).Fails(400, "validation");
    }

    [Fact]
    public async Task The_last_active_admin_stays_one_and_a_role_counts_at_once()
    {
        (await Admin.Http.Patch($"admin/users/{Admin.Id}", new { role = "member" })).Fails(409, "conflict");
        (await Admin.Http.Patch($"admin/users/{Admin.Id}", new { isActive = false })).Fails(409, "conflict");
        (await Admin.Http.Delete($"admin/users/{Admin.Id}")).Fails(409, "conflict");
        await using var bob = await Server.Register("Bob");
        (await bob.Http.Get("admin/users")).Fails(403, "forbidden");
        (await Admin.Http.Patch($"admin/users/{bob.Id}", new { role = "admin" })).Ok(200)["isAdmin"].GetBoolean().ShouldBeTrue();
        (await bob.Http.Get("admin/users")).Ok(200);
        (await Admin.Http.Patch($"admin/users/{bob.Id}", new { role = "guest" })).Ok(200);
        (await bob.Http.Get("admin/users")).Fails(403, "forbidden");
        (await bob.Http.Get("rooms/directory")).Fails(403, "forbidden");
        (await Audit($"subjectId={bob.Id}&action=user.role")).Select(e => e.GetProperty("details").String("to")).ShouldBe(["guest", "admin"]);
        (await Audit($"actorId={bob.Id}&result=refused")).Select(e => e.String("action")).ShouldContain("admin.refused");
        (await Admin.Http.Delete($"admin/users/{bob.Id}")).Ok(204);
        (await Admin.Http.Get($"admin/users/{bob.Id}")).Ok(200)["deletedAt"].ValueKind.ShouldBe(System.Text.Json.JsonValueKind.String);
        (await Admin.Http.Patch($"admin/users/{bob.Id}", new { isActive = true })).Fails(410, "gone");
    }

    [Fact]
    public async Task A30_sessions_are_listed_without_tokens_and_ended_at_once()
    {
        await using var ann = await Server.Register("Ann");
        await using var phone = await ann.AtAnotherDevice();
        var listed = (await Admin.Http.Get($"admin/tokens?userId={ann.Id}")).Ok(200);
        listed["items"].GetArrayLength().ShouldBe(2);
        listed.Text.ShouldNotContain(ann.RefreshToken);
        var socket = await phone.Connect();
        (await Admin.Http.Delete($"admin/tokens/{listed["items"][0].Id()}")).Ok(204);
        (await socket.Closed.Within("the socket of the ended session to be closed")).ShouldBe(4403);
        (await phone.Http.Get("auth/me")).Fails(401, "unauthenticated");
        (await ann.Http.Get("auth/me")).Ok(200);
        (await Admin.Http.Post($"admin/users/{ann.Id}/end-sessions")).Ok(200)["ended"].GetInt32().ShouldBe(1);
        (await ann.Http.Get("auth/me")).Fails(401, "unauthenticated");
    }

    [Fact]
    public async Task A31_A45_writing_needs_a_fresh_proof()
    {
        await using var chat = await RunningServer.Start(fixtureEngine);
        await using var admin = await chat.Register("Root");
        (await admin.Http.Get("admin/audit/export")).Ok(200);
        await chat.Stop();
        await using (var scope = await StoppedData.Open(chat))
        {
            await scope.Execute("UPDATE auth_sessions SET fresh_at = 0");
        }

        await chat.Restart();
        (await admin.Http.Get("admin/users")).Ok(200);
        foreach (var (method, path) in new[] { (HttpMethod.Patch, $"admin/users/{admin.Id}"), (HttpMethod.Get, "admin/audit/export"), (HttpMethod.Post, "admin/jobs/files.remove-bytes/run") })
        {
            (await admin.Http.Send(method, path, method == HttpMethod.Get ? null : new { role = "member" })).Fails(403, "step_up_required");
        }

        (await admin.Http.Post("auth/step-up", new { password = admin.Password })).Ok(204);
        (await admin.Http.Get("admin/audit/export")).Ok(200);
    }

    private readonly Engine fixtureEngine = fixture.Engine;

    public sealed class OnSqlite(AdministeredSqlite s) : AccountAdministrationTests(s);

    public sealed class OnPostgreSql(AdministeredPostgres s) : AccountAdministrationTests(s);

    private static async Task<string> FirstLine(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream(), Encoding.ASCII, leaveOpen: true);
        return await reader.ReadLineAsync() ?? "";
    }
}
