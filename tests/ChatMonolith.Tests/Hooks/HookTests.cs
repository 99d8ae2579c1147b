using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Hooks;

/// <summary>Addresses that are told what happens in a room.</summary>
public abstract class HookTests(Engine engine)
{
    private static readonly (string, string)[] Settings = [("Hooks__AllowPrivateAddresses", "true"), ("Hooks__RetrySeconds", "1"), ("Hooks__MostFailures", "3"), ("Hooks__TimeoutSeconds", "2")];

    [Fact]
    public async Task A_hook_is_told_the_log_in_order_signed_and_again_until_it_takes_it_over_a_crash()
    {
        await using var receiver = new HookReceiver();
        await using var chat = await RunningServer.Start(engine, Settings);
        await using var admin = await chat.Register("admin");
        await using var ann = await chat.Register("ann");
        var room = await ann.CreateRoom("plans");
        await ann.Post(room, "before the hook");
        var made = (await ann.Http.Post($"rooms/{room}/hooks", new { name = "builds", url = receiver.Address + "in" })).Ok(201);
        var secret = made["secret"].GetString()!;
        (await ann.Http.Get($"rooms/{room}/hooks")).Ok(200).Text.ShouldNotContain(secret);
        receiver.Answers.Enqueue(503);
        receiver.Answers.Enqueue(302);
        await ann.Post(room, "one");
        await ann.Post(room, "two");
        await receiver.Gets("two");
        receiver.Refused.Count.ShouldBe(2);
        receiver.Refused.Concat(receiver.Taken).ShouldAllBe(d => d.IsSignedWith(secret) && d.Path == "/in");
        await ann.Post(room, "just before the crash");
        await chat.Kill9();
        await chat.Restart();
        await receiver.Gets("just before the crash");
        var seqs = receiver.Entries.Select(e => e.Seq()).Distinct().ToArray();
        seqs.ShouldBe(Enumerable.Range((int)seqs[0], seqs.Length).Select(i => (long)i), "in order and without a hole");
        receiver.Entries.ShouldNotContain(e => e.Type() == "message.created" && e.GetProperty("message").Text() == "before the hook");
        chat.Output.ShouldNotContain(secret);
    }

    [Fact]
    public async Task A_hook_that_fails_again_and_again_is_switched_off_and_so_is_one_whose_maker_lost_the_right_A44()
    {
        await using var receiver = new HookReceiver();
        await using var chat = await RunningServer.Start(engine, Settings);
        await using var admin = await chat.Register("admin");
        await using var ann = await chat.Register("ann");
        await using var bob = await chat.Register("bob");
        var room = await ann.CreateRoom("plans", "private", bob);
        (await ann.Http.Post($"rooms/{room}/hooks", new { name = "down", url = $"http://127.0.0.1:{FreePorts.Next()}/" })).Ok(201);
        await ann.Post(room, "hello");
        await Deadline.Until(async () => (await Hooks(ann, room))[0].GetProperty("disabledAt").ValueKind is System.Text.Json.JsonValueKind.String, "the hook to be switched off", TimeSpan.FromSeconds(40));
        (await Hooks(ann, room))[0].GetProperty("failures").GetInt32().ShouldBe(3);
        (await ann.Http.Post($"rooms/{room}/hooks", new { name = "up", url = receiver.Address })).Ok(201);
        await ann.Post(room, "heard");
        await receiver.Gets("heard");
        (await ann.Http.Patch($"rooms/{room}/members/{bob.Id}", new { role = "owner" })).Ok();
        (await bob.Http.Patch($"rooms/{room}/members/{ann.Id}", new { role = "member" })).Ok();
        await bob.Post(room, "not for ann's hook");
        await Deadline.Until(async () => (await Hooks(bob, room))[1].GetProperty("disabledAt").ValueKind is System.Text.Json.JsonValueKind.String, "the hook to be switched off", TimeSpan.FromSeconds(40));
        receiver.Entries.ShouldNotContain(e => e.Type() == "message.created" && e.GetProperty("message").Text() == "not for ann's hook");
        var id = (await Hooks(bob, room))[0].GetProperty("id").GetString();
        (await ann.Http.Delete($"rooms/{room}/hooks/{id}")).Fails(403, "forbidden");
        (await bob.Http.Delete($"rooms/{room}/hooks/{id}")).Ok(204);
        (await bob.Http.Delete($"rooms/{room}/hooks/{id}")).Fails(404, "not_found");
    }

    [Fact]
    public async Task A_url_posts_into_its_room_as_a_bot_of_its_own_while_its_maker_owns_the_room_A44()
    {
        await using var receiver = new HookReceiver();
        await using var chat = await RunningServer.Start(engine, Settings);
        await using var admin = await chat.Register("admin");
        await using var ann = await chat.Register("ann");
        await using var bob = await chat.Register("bob");
        var room = await ann.CreateRoom("builds", "private", bob);
        (await bob.Http.Post($"rooms/{room}/hooks/incoming", new { name = "CI" })).Fails(403, "forbidden");
        var made = (await ann.Http.Post($"rooms/{room}/hooks/incoming", new { name = "CI" })).Ok(201);
        var path = made["path"].GetString()!;
        var botId = made["hook"].GetProperty("botId").GetGuid();
        (await ann.Http.Get($"rooms/{room}/hooks/incoming")).Ok(200).Text.ShouldNotContain(path.Split('/')[^1]);
        await bob.Connect();
        (await chat.Anonymous.Post(path, new { text = "**green**", clientId = "run-7" })).Ok(201);
        (await chat.Anonymous.Post(path, new { text = "**green**", clientId = "run-7" })).Ok(201);
        (await bob.Sees("**green**")).GetProperty("message").GetProperty("senderId").GetGuid().ShouldBe(botId);
        (await bob.History(room)).Count(m => m.Text() == "**green**").ShouldBe(1);
        (await chat.Anonymous.Post(path, new { text = "" })).Fails(400, "validation");
        (await chat.Anonymous.Post(path[..^1] + (path[^1] == 'A' ? 'B' : 'A'), new { text = "x" })).Fails(404, "not_found");
        (await chat.Anonymous.Post($"hooks/{Guid.CreateVersion7()}/{path.Split('/')[^1]}", new { text = "x" })).Fails(404, "not_found");

        // Another site's page sends a visitor's cookie along: what is written down about it is the route.
        var login = (await chat.Anonymous.Post("auth/login", new { login = bob.Username, password = bob.Password, cookie = true })).Ok(200);
        var cookie = string.Join("; ", login.Headers["set-cookie"].Select(c => c.Split(';')[0]));
        await chat.Anonymous.Send(HttpMethod.Post, path, new { text = "**green**", clientId = "run-7" }, ("Cookie", cookie), ("Origin", "https://evil.example"));
        var written = "";
        await Deadline.Until(async () => (written = (await admin.Http.Get("admin/audit?action=request.cross-site")).Ok(200).Text).Contains("/hooks/{id:id}/{secret}", StringComparison.Ordinal), "the entry in the audit log");
        written.ShouldNotContain(path.Split('/')[^1]);

        // A deactivated account is a member as before; nothing goes on by its right.
        (await ann.Http.Post($"rooms/{room}/hooks", new { name = "out", url = receiver.Address })).Ok(201);
        (await ann.Http.Post($"rooms/{room}/commands", new { name = "go", url = receiver.Address })).Ok(201);
        await ann.Post(room, "heard");
        await receiver.Gets("heard");
        (await ann.Http.Patch($"rooms/{room}/members/{bob.Id}", new { role = "owner" })).Ok();
        (await admin.Http.Patch($"admin/users/{ann.Id}", new { isActive = false })).Ok(200);
        (await chat.Anonymous.Post(path, new { text = "not now" })).Fails(404, "not_found");
        (await bob.Http.Post($"rooms/{room}/commands/run", new { name = "go", text = "", clientId = "run-1" })).Fails(424, "command_failed");
        await bob.Post(room, "not for ann's hook");
        await Deadline.Until(async () => (await Hooks(bob, room))[0].GetProperty("disabledAt").ValueKind is System.Text.Json.JsonValueKind.String, "the hook to be switched off", TimeSpan.FromSeconds(40));
        receiver.Entries.ShouldNotContain(e => e.Type() == "message.created" && e.GetProperty("message").Text() == "not for ann's hook");
        (await admin.Http.Patch($"admin/users/{ann.Id}", new { isActive = true })).Ok(200);
        (await chat.Anonymous.Post(path, new { text = "again" })).Ok(201);
        (await bob.Http.Patch($"rooms/{room}/members/{ann.Id}", new { role = "member" })).Ok();
        (await chat.Anonymous.Post(path, new { text = "not any more" })).Fails(404, "not_found");

        // Admins see and remove commands too, with their bots; and a bot that is deactivated goes with its hook like any other.
        var command = (await admin.Http.Get($"admin/hooks?kind=command&roomId={room}")).Ok(200)["items"].EnumerateArray().ShouldHaveSingleItem();
        command.GetProperty("name").GetString().ShouldBe("go");
        command.GetProperty("host").GetString().ShouldBe(receiver.Address.Host);
        (await admin.Http.Delete($"admin/hooks/{command.GetProperty("id").GetString()}")).Ok(204);
        (await admin.Http.Delete($"admin/hooks/{command.GetProperty("id").GetString()}")).Fails(404, "not_found");
        (await bob.Http.Get($"rooms/{room}/members")).Ok(200)["items"].GetArrayLength().ShouldBe(3, "the command's bot is gone");
        (await admin.Http.Patch($"admin/users/{botId}", new { isActive = false })).Ok(200);
        chat.Output.ShouldNotContain(path.Split('/')[^1]);
        (await bob.Http.Delete($"rooms/{room}/hooks/incoming/{made["hook"].GetProperty("id").GetString()}")).Ok(204);
        (await bob.Http.Get($"rooms/{room}/members")).Ok(200)["items"].GetArrayLength().ShouldBe(2, "its bot is gone");
        (await bob.History(room)).Select(m => m.Text()).ShouldContain("**green**");
    }

    [Fact]
    public async Task A40_a_rooms_hooks_are_its_owners()
    {
        await using var chat = await RunningServer.Start(engine, Settings);
        await using var admin = await chat.Register("admin");
        var people = await chat.Register("owner", "moderator", "member", "outside");
        var room = await people[0].CreateRoom("plans", "private", people[1], people[2]);
        (await people[0].Http.Patch($"rooms/{room}/members/{people[1].Id}", new { role = "moderator" })).Ok();
        var hook = new { name = "builds", url = "http://127.0.0.1:9/" };
        foreach (var (person, status) in people.Zip([201, 403, 403, 404]))
        {
            (await person.Http.Post($"rooms/{room}/hooks", hook)).Status.ShouldBe(status, person.DisplayName);
            (await person.Http.Get($"rooms/{room}/hooks")).Status.ShouldBe(status == 201 ? 200 : status, person.DisplayName);
        }

        var direct = await people[0].DirectRoomWith(people[1]);
        (await people[0].Http.Post($"rooms/{direct}/hooks", hook)).Fails(403, "forbidden");
        foreach (var person in people)
        {
            await person.DisposeAsync();
        }
    }

    [Fact]
    public async Task A83_B30_no_address_that_is_not_on_the_public_internet_is_called()
    {
        await using var receiver = new HookReceiver();
        await using var chat = await RunningServer.Start(engine, ("Hooks__RetrySeconds", "1"), ("Hooks__MostFailures", "2"));
        await using var admin = await chat.Register("admin");
        await using var ann = await chat.Register("ann");
        var room = await ann.CreateRoom("plans");
        var port = receiver.Address.Port;
        foreach (var url in (string[])[
            $"http://127.0.0.1:{port}/", $"https://127.0.0.1:{port}/", $"https://[::ffff:127.0.0.1]:{port}/", $"https://[::1]:{port}/", $"https://0x7f.1:{port}/", $"https://2130706433:{port}/",
            "https://169.254.169.254/latest/meta-data/", "https://10.0.0.1/", $"https://me:secret@example.org/", "file:///etc/passwd", "gopher://example.org/", "https://example.org/#x", "nonsense"])
        {
            (await ann.Http.Post($"rooms/{room}/hooks", new { name = "x", url })).Fails(400, "validation");
        }

        // A name is judged by where it leads.
        (await ann.Http.Post($"rooms/{room}/hooks", new { name = "x", url = $"https://localhost:{port}/" })).Ok(201);
        await ann.Post(room, "hello");
        await Deadline.Until(async () => (await Hooks(ann, room))[0].GetProperty("disabledAt").ValueKind is System.Text.Json.JsonValueKind.String, "the hook to be switched off", TimeSpan.FromSeconds(40));
        receiver.Taken.ShouldBeEmpty();
        receiver.Refused.ShouldBeEmpty();
    }

    private static async Task<System.Text.Json.JsonElement> Hooks(Person person, Guid room) => (await person.Http.Get($"rooms/{room}/hooks")).Ok(200)["items"];

    public sealed class OnSqlite() : HookTests(Engine.Sqlite);

    public sealed class OnPostgreSql() : HookTests(Engine.PostgreSql);
}
