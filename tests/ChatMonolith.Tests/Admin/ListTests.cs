using System.Text.Json;
using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Admin;

/// <summary>The administration's lists: pages, orders, filters, CSV; and what they do not show.</summary>
public abstract class ListTests(AdministeredServer fixture) : AdminTests(fixture)
{
    private static readonly string[] Lists = ["users", "rooms", "messages", "files", "transfers", "tokens", "tokens?kind=reset", "invitations", "invites", "hooks", "hooks?kind=incoming", "audit", "jobs", "mail"];

    [Theory]
    [InlineData("username")]
    [InlineData("-username")]
    [InlineData("displayName")]
    [InlineData("-createdAt")]
    [InlineData("createdAt")]
    public async Task Pages_of_every_order_join_without_a_gap_or_a_repeat(string sort)
    {
        var mark = "p" + Guid.CreateVersion7().ToString("N")[^10..];
        for (var i = 0; i < 7; i++)
        {
            await using var person = await Server.Register($"{mark}{(char)('a' + (i * 3 % 7))}");
        }

        // Many share one name: their ids break the tie.
        var whole = (await Admin.Http.Get($"admin/users?query={mark}&sort={sort}&limit=200")).Ok(200)["items"].EnumerateArray().Select(u => u.Id()).ToArray();
        whole.Length.ShouldBe(7);
        var paged = new List<Guid>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await Admin.Http.Get($"admin/users?query={mark}&sort={sort}&limit=2" + (cursor.Length > 0 ? $"&cursor={cursor}" : ""))).Ok(200);
            paged.AddRange(page["items"].EnumerateArray().Select(u => u.Id()));
            cursor = page["nextCursor"].GetString();
        }

        paged.ShouldBe(whole);
        var names = (await Admin.Http.Get($"admin/users?query={mark}&sort={sort}")).Ok(200)["items"].EnumerateArray().Select(u => u.String(sort.Contains("user", StringComparison.Ordinal) ? "username" : sort.Contains("display", StringComparison.Ordinal) ? "displayName" : "createdAt")!).ToArray();
        names.ShouldBe(sort[0] == '-' ? names.OrderDescending(StringComparer.Ordinal) : names.Order(StringComparer.Ordinal));
        (await Admin.Http.Get($"admin/users?sort=username&cursor={(await Admin.Http.Get("admin/users?sort=createdAt&limit=1")).Ok()["nextCursor"].GetString()}")).Fails(400, "validation");
    }

    [Fact]
    public async Task A82_csv_has_the_whole_list_and_no_cell_that_a_spreadsheet_would_run()
    {
        var mark = "c" + Guid.CreateVersion7().ToString("N")[^10..];
        foreach (var start in new[] { "=", "+", "-", "@", "\"quoted\", " })
        {
            await using var person = await Server.Register(mark);
            (await person.Http.Patch("users/me", new { displayName = $"{start}HYPERLINK(1;2) {mark}" })).Ok(200);
        }

        foreach (var answer in new[] { await Admin.Http.Get($"admin/users?query={mark}&format=csv&limit=1"), await Admin.Http.Send(HttpMethod.Get, $"admin/users?query={mark}", null, ("Accept", "text/csv")) })
        {
            answer.Ok(200).ContentType!.ShouldStartWith("text/csv");
            var lines = answer.Text.Split("\r\n", StringSplitOptions.RemoveEmptyEntries);
            lines[0].Split(',')[..3].ShouldBe(["id", "username", "displayName"]);
            lines.Length.ShouldBe(6);
            foreach (var start in new[] { "=", "+", "-", "@" })
            {
                lines.ShouldContain(l => l.Contains($",\"'{start}HYPERLINK(1;2) {mark}\",", StringComparison.Ordinal));
            }

            lines.ShouldContain(l => l.Contains(",\"\"\"quoted\"\", HYPERLINK", StringComparison.Ordinal));
        }

        foreach (var list in Lists.Where(l => l is not ("jobs" or "mail")))
        {
            (await Admin.Http.Get($"admin/{list}{(list.Contains('?', StringComparison.Ordinal) ? '&' : '?')}format=csv")).Ok(200).ContentType!.ShouldStartWith("text/csv", customMessage: list);
        }
    }

    [Fact]
    public async Task B37_A42_no_list_shows_a_secret_or_what_anybody_wrote()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var room = await ann.CreateRoom("quiet plans", "private", bob);
        var message = (await ann.Post(room, "canary-text-of-ann")).Id();
        (await ann.Http.Patch($"messages/{message}", new { text = "canary-text-of-ann, again" })).Ok(200);
        var shared = (await ann.Share(room, "report.txt", "canary-bytes"u8.ToArray()))["file"].Id();
        var own = (await ann.Store("own.txt", "canary-bytes"u8.ToArray())).Id();

        // The address of a letter that waits is shown to admins, so it is no canary.
        var sent = (await ann.Http.Post("transfers", new { fileIds = new[] { own }, recipients = new[] { new { email = "recipient@example.org" } }, message = "canary-text-of-transfer", password = "canary-password-1" })).Ok(201);
        var invite = (await ann.Http.Post($"rooms/{room}/invites", new { })).Ok(201)["code"].GetString()!;
        var hook = (await ann.Http.Post($"rooms/{room}/hooks/incoming", new { name = "builds" })).Ok(201);
        var token = (await ann.Http.Post("auth/tokens", new { name = "script", scopes = new[] { "read" } })).Ok(201)["token"].GetString()!;
        string[] secrets = ["canary-", invite, token, ann.RefreshToken, sent["secret"].GetString()!, hook.Text.Split("/hooks/")[^1].Split('/')[^1].Split('"')[0], "pbkdf2", "passwordHash"];

        foreach (var list in Lists)
        {
            var text = (await Admin.Http.Get($"admin/{list}{(list.Contains('?', StringComparison.Ordinal) ? '&' : '?')}limit=200")).Ok(200).Text;
            secrets.Where(s => text.Contains(s, StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty(list);
        }

        var listed = (await Admin.Http.Get($"admin/messages?roomId={room}&senderId={ann.Id}&type=text")).Ok(200)["items"].EnumerateArray().ShouldHaveSingleItem();
        (listed.Id(), listed.GetProperty("length").GetInt32(), listed.GetProperty("isEdited").GetBoolean()).ShouldBe((message, "canary-text-of-ann, again".Length, true));
        (await Admin.Http.Get($"admin/files?roomId={room}")).Ok(200)["items"].EnumerateArray().ShouldHaveSingleItem().Id().ShouldBe(shared);
        var seen = (await Admin.Http.Get($"admin/rooms/{room}")).Ok(200);
        (seen["name"].GetString(), seen["owners"][0].GetGuid(), seen["memberCount"].GetInt32()).ShouldBe(("quiet plans", ann.Id, 3));

        // Nor is the way open that members have.
        (await Admin.Http.Get($"rooms/{room}/messages")).Fails(404, "not_found");
        (await Admin.Http.Get($"messages/{message}")).Fails(404, "not_found");
        (await Admin.Http.Get($"files/{shared}/content")).Fails(404, "not_found");
    }

    [Fact]
    public async Task What_an_admin_deletes_is_gone_for_its_people_and_stands_in_the_audit_log()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var room = await ann.CreateRoom("plans", "private", bob);
        var socket = await bob.Connect();
        var message = (await ann.Post(room, "something bad")).Id();
        (await Admin.Http.Delete($"admin/messages/{message}")).Ok(204);
        (await Admin.Http.Delete($"admin/messages/{message}")).Ok(204);
        await socket.WaitFor(f => f.Type() == "message.deleted" && f.GetProperty("messageId").GetGuid() == message, "the tombstone");
        (await bob.History(room)).Single(m => m.Id() == message).GetProperty("isDeleted").GetBoolean().ShouldBeTrue();
        (await Admin.Http.Get($"admin/messages/{message}")).Ok(200)["length"].GetInt32().ShouldBe(0);

        var file = (await ann.Share(room, "bad.txt", "bytes"u8.ToArray()))["file"].Id();
        (await Admin.Http.Delete($"admin/files/{file}")).Ok(204);
        (await bob.Http.Get($"files/{file}/content")).Fails(404, "not_found");
        var own = (await ann.Store("own.txt", "bytes"u8.ToArray())).Id();
        var sent = (await ann.Http.Post("transfers", new { fileIds = new[] { own } })).Ok(201);
        (await Admin.Http.Delete($"admin/transfers/{sent["transfer"].Id()}")).Ok(204);
        (await Server.Anonymous.Post($"transfers/{sent["transfer"].Id()}/open", new { secret = sent["secret"].GetString() })).Fails(410, "gone");

        (await Admin.Http.Patch($"admin/rooms/{room}", new { topic = "Looked after", slowModeSeconds = 5 })).Ok(200)["topic"].GetString().ShouldBe("Looked after");
        (await bob.Http.Post($"rooms/{room}/messages", new { clientId = "1", text = "one" })).Ok(201);
        (await bob.Http.Post($"rooms/{room}/messages", new { clientId = "2", text = "two" })).Fails(429, "rate_limited");
        (await Admin.Http.Delete($"admin/rooms/{room}")).Ok(204);
        (await bob.Http.Get($"rooms/{room}")).Fails(404, "not_found");
        var general = (await Admin.Http.Get("admin/rooms?query=general&type=public")).Ok(200)["items"].EnumerateArray().Single(r => r.GetProperty("isGeneral").GetBoolean()).Id();
        (await Admin.Http.Delete($"admin/rooms/{general}")).Fails(403, "forbidden");

        foreach (var (subject, actions) in new[] { (message, (string[])["message.deleted"]), (file, ["file.deleted"]), (sent["transfer"].Id(), ["transfer.revoked"]), (room, ["room.deleted", "room.changed"]) })
        {
            var entries = await Audit($"subjectId={subject}&actorId={Admin.Id}");
            entries.Select(e => e.String("action")).ShouldBe(actions);
            entries.ShouldAllBe(e => e.String("actor") == Admin.Username && e.String("address") == "127.0.0.1" && e.String("result") == "ok");
        }
    }

    [Fact]
    public async Task What_a_list_does_not_know_is_refused_with_its_field()
    {
        foreach (var (path, field) in new[]
                 {
                     ("users?sort=password", "sort"), ("users?role=king", "role"), ("users?limit=0", "limit"), ("users?limit=201", "limit"), ("users?cursor=x", "cursor"), ("users?format=xml", "format"),
                     ("rooms?type=secret", "type"), ("messages?sort=length", "sort"), ("messages?cursor=x", "cursor"), ("audit?result=maybe", "result"), ("tokens?kind=all", "kind"), ("hooks?kind=both", "kind"),
                     ("transfers?state=lost", "state"), ("invitations?state=lost", "state"), ($"users?query={new string('x', 201)}", "query"), ("users?query=%00", "query"),
                 })
        {
            (await Admin.Http.Get("admin/" + path)).Fails(400, "validation")["errors"].TryGetProperty(field, out _).ShouldBeTrue(path);
        }

        foreach (var path in new[] { $"users/{Guid.NewGuid()}", $"rooms/{Guid.NewGuid()}", $"messages/{Guid.NewGuid()}", $"files/{Guid.NewGuid()}", $"transfers/{Guid.NewGuid()}", $"tokens/{Guid.NewGuid()}", "jobs/none/history" })
        {
            (await Admin.Http.Get("admin/" + path)).Fails(404, "not_found");
        }
    }

    public sealed class OnSqlite(AdministeredSqlite s) : ListTests(s);

    public sealed class OnPostgreSql(AdministeredPostgres s) : ListTests(s);
}
