using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Admin;

/// <summary>Settings, announcements, acts on many, and the audit log over HTTP and chatctl; on a server of their own, since they concern all of it.</summary>
public abstract class ServerAdministrationTests(Engine engine)
{
    [Fact]
    public async Task A_setting_counts_when_it_answers_survives_a_restart_and_goes_back()
    {
        await using var chat = await RunningServer.Start(engine, ("Server__Name", "Configured"), ("Auth__AccessTokenMinutes", "1440"), ("Auth__StepUpMinutes", "1440"));
        await using var admin = await chat.Register("Root");
        var before = (await admin.Http.Get("admin/settings")).Ok(200)["items"].EnumerateArray().ToDictionary(s => s.String("key")!);
        (before["Server:Name"].String("value"), before["Server:Name"].String("source")).ShouldBe(("Configured", "configured"));
        (await chat.Anonymous.Post("auth/register", new { username = "open-1", email = "open-1@example.org", password = "long copper kettle 47" })).Ok(201);
        (await admin.Http.Put("admin/settings", new { values = new Dictionary<string, object?> { ["Auth:Registration"] = "Closed", ["Server:Name"] = "Renamed", ["Files:MaxFileBytes"] = 5 } })).Ok(200);
        (await chat.Anonymous.Get("config")).Ok(200)["name"].GetString().ShouldBe("Renamed");
        (await chat.Anonymous.Post("auth/register", new { username = "closed-1", email = "closed-1@example.org", password = "long copper kettle 47" })).Fails(403, "forbidden");
        (await admin.PostFile("six.bin", new byte[6])).Fails(413, "too_large");

        // All or nothing.
        var refused = (await admin.Http.Put("admin/settings", new { values = new Dictionary<string, object?> { ["Server:Name"] = "Never", ["Auth:Registration"] = "Sometimes", ["Auth:StepUpMinutes"] = 0, ["Data:Directory"] = "/tmp" } })).Fails(400, "validation");
        refused["errors"].EnumerateObject().Select(e => e.Name).ShouldBe(["Auth:Registration", "Auth:StepUpMinutes", "Data:Directory"], ignoreOrder: true);
        (await chat.Anonymous.Get("config")).Ok(200)["name"].GetString().ShouldBe("Renamed");
        await chat.Kill9();
        await chat.Restart();
        (await chat.Anonymous.Get("config")).Ok(200)["name"].GetString().ShouldBe("Renamed");
        (await admin.Http.Put("admin/settings", new { values = new Dictionary<string, object?> { ["Server:Name"] = null, ["Auth:Registration"] = null } })).Ok(200);
        (await chat.Anonymous.Get("config")).Ok(200)["name"].GetString().ShouldBe("Configured");
        (await chat.Anonymous.Post("auth/register", new { username = "open-2", email = "open-2@example.org", password = "long copper kettle 47" })).Ok(201);
        (await admin.Http.Get("admin/audit?action=setting.changed")).Ok(200)["items"].EnumerateArray().Select(e => e.GetProperty("details").String("key")).Count(k => k == "Server:Name").ShouldBe(2);
    }

    [Fact]
    public async Task An_announcement_is_a_system_message_and_a_banner_and_its_text_is_in_no_audit_log()
    {
        await using var chat = await RunningServer.Start(engine);
        await using var admin = await chat.Register("Root");
        await using var ann = await chat.Register("Ann");
        var socket = await ann.Connect();
        var made = (await admin.Http.Post("admin/announcements", new { text = "The server rests at **six**.", message = true, banner = true, level = "warning" })).Ok(201);
        var seen = await ann.Sees("The server rests at **six**.");
        seen.GetProperty("message").String("type").ShouldBe("system");
        seen.GetProperty("message").Id().ShouldBe(made["messageId"].GetGuid());
        var banner = await socket.WaitFor(f => f.Type() == "system", "the banner");
        (banner.String("message"), banner.String("level")).ShouldBe(("The server rests at **six**.", "warning"));
        var general = (await ann.Http.Get("rooms")).Ok(200)["items"].EnumerateArray().Single(r => r.String("name") == "general");
        general.GetProperty("unreadCount").GetInt32().ShouldBe(1);
        (await ann.History(general.Id())).Single(m => m.String("type") == "system").String("html")!.ShouldContain("<strong>six</strong>");
        (await admin.Http.Get("admin/audit")).Ok(200).Text.ShouldNotContain("rests at");
        (await admin.Http.Post("admin/announcements", new { text = " " })).Fails(400, "validation");
        (await admin.Http.Post("admin/announcements", new { text = "x", message = false })).Fails(400, "validation");
    }

    [Fact]
    public async Task An_act_on_many_says_how_far_it_is_what_failed_and_stops_with_the_right_of_who_started_it()
    {
        await using var chat = await RunningServer.Start(engine);
        await using var admin = await chat.Register("Root");
        await using var ann = await chat.Register("Ann");
        var room = await ann.CreateRoom("plans");
        var messages = new List<Guid>();
        for (var i = 0; i < 20; i++)
        {
            messages.Add((await ann.Post(room, $"message {i}")).Id());
        }

        var stranger = Guid.NewGuid();
        var started = (await admin.Http.Post("admin/bulk", new { action = "messages.delete", ids = messages.Append(stranger) })).Ok(202);
        started["total"].GetInt32().ShouldBe(21);
        await Deadline.Until(async () => (await admin.Http.Get($"admin/bulk/{started["id"].GetGuid()}")).Ok(200)["isOver"].GetBoolean(), "all of it to be done");
        var over = (await admin.Http.Get($"admin/bulk/{started["id"].GetGuid()}")).Ok(200);
        (over["done"].GetInt32(), over["failed"].GetInt32()).ShouldBe((20, 1));
        var failure = over["failures"].EnumerateArray().ShouldHaveSingleItem();
        (failure.Id(), failure.String("code")).ShouldBe((stranger, "not_found"));
        (await ann.History(room)).ShouldAllBe(m => m.GetProperty("isDeleted").GetBoolean());
        (await admin.Http.Post("admin/bulk", new { action = "users.praise", ids = messages })).Fails(400, "validation");
        (await admin.Http.Post("admin/bulk", new { action = "users.delete", ids = Array.Empty<Guid>() })).Fails(400, "validation");
        (await admin.Http.Post("admin/bulk", new { action = "users.deactivate", ids = new[] { ann.Id, admin.Id } })).Ok(202);
        await Deadline.Until(async () => !(await admin.Http.Get($"admin/users/{ann.Id}")).Ok(200)["isActive"].GetBoolean(), "Ann to be deactivated");
        (await admin.Http.Get($"admin/users/{admin.Id}")).Ok(200)["isActive"].GetBoolean().ShouldBeTrue("the last admin stays");
        (await ann.Http.Get("auth/me")).Fails(401, "unauthenticated");
    }

    [Fact]
    public async Task A114_A115_A116_every_security_event_leaves_its_entry_without_a_secret_and_chatctl_finds_a_changed_one()
    {
        await using var chat = await RunningServer.Start(engine);
        await using var admin = await chat.Register("Root");
        await using var ann = await chat.Register("Ann");
        (await chat.Anonymous.Post("auth/login", new { login = ann.Username, password = "canary wrong password" })).Fails(401, "invalid_credentials");
        (await chat.Anonymous.Post("auth/login", new { login = "canary-unknown-login", password = "canary wrong password" })).Fails(401, "invalid_credentials");
        (await ann.Http.Post("auth/password/change", new { currentPassword = ann.Password, newPassword = "canary brass kettle 48" })).Ok(204);
        var token = (await ann.Http.Post("auth/tokens", new { name = "script", scopes = new[] { "read" } })).Ok(201)["token"].GetString()!;
        (await ann.Http.Get("admin/users")).Fails(403, "forbidden");
        await ann.Post(await ann.CreateRoom("plans"), "canary text of a message");
        (await ann.Http.Delete("users/me")).Ok(204);

        var entries = (await admin.Http.Get("admin/audit?limit=200")).Ok(200);
        var actions = entries["items"].EnumerateArray().Where(e => e.String("actorId") == ann.Id.ToString() || e.String("subjectId") == ann.Id.ToString()).Select(e => e.String("action")!).ToArray();
        foreach (var due in new[] { "user.registered", "login", "password.refused", "password.changed", "token.made", "admin.refused", "account.deleted" })
        {
            actions.Count(a => a == due).ShouldBe(1, $"{due} among {string.Join(", ", actions)}");
        }

        entries.Text.ShouldNotContain("canary");
        entries.Text.ShouldNotContain(token);
        var sequence = entries["items"].EnumerateArray().Select(e => e.GetProperty("seq").GetInt64()).ToArray();
        sequence.ShouldBe(Enumerable.Range(1, sequence.Length).Select(i => (long)i).Reverse());
        var verified = (await admin.Http.Post("admin/audit/verify")).Ok(200);
        (verified["isWhole"].GetBoolean(), verified["entries"].GetInt64()).ShouldBe((true, sequence.Length));
        var lines = (await admin.Http.Get("admin/audit/export?action=login")).Ok(200).Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(2);
        await chat.Stop();

        (await ChatctlRun(chat, "audit", "verify")).Output.ShouldContain($"head: ");
        using var folder = new TemporaryFolder();
        (await ChatctlRun(chat, "audit", "export", "--to", folder["audit.jsonl"])).Succeeds();
        File.ReadLines(folder["audit.jsonl"]).Count().ShouldBeGreaterThan(sequence.Length);
        await using (var data = await StoppedData.Open(chat))
        {
            await data.Execute("UPDATE admin_audit SET address = '203.0.113.9' WHERE seq = 3");
        }

        var broken = await ChatctlRun(chat, "audit", "verify");
        broken.ExitCode.ShouldBe(1);
        broken.Output.ShouldContain("BROKEN at entry 3");
    }

    private static Task<Chatctl.ChatctlRun> ChatctlRun(RunningServer server, string command, string sub, params string[] arguments) => Chatctl.ChatctlRun.Within(server, command, sub, arguments);

    public sealed class OnSqlite() : ServerAdministrationTests(Engine.Sqlite);

    public sealed class OnPostgreSql() : ServerAdministrationTests(Engine.PostgreSql);
}
