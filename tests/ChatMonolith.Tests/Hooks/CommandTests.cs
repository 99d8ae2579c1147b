using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Hooks;

/// <summary>A room's commands, which programs outside answer.</summary>
public abstract class CommandTests(Engine engine)
{
    private static readonly (string, string)[] Settings = [("Hooks__AllowPrivateAddresses", "true"), ("Hooks__CommandSeconds", "1"), ("Hooks__RetrySeconds", "1"), ("Hooks__MostFailures", "1"), ("Hooks__TimeoutSeconds", "20")];

    [Fact]
    public async Task A_command_is_answered_to_its_sender_alone_or_in_the_room_as_its_bot_and_a_repeat_posts_once()
    {
        await using var receiver = new HookReceiver();
        await using var chat = await RunningServer.Start(engine, Settings);
        await using var admin = await chat.Register("admin");
        await using var ann = await chat.Register("ann");
        await using var bob = await chat.Register("bob");
        var room = await ann.CreateRoom("plans", "private", bob);
        var made = (await ann.Http.Post($"rooms/{room}/commands", new { name = "deploy", url = receiver.Address + "deploy", hint = "version", description = "Deploys a version" })).Ok(201);
        var secret = made["secret"].GetString()!;
        var botId = made["command"].GetProperty("botId").GetGuid();
        (await ann.Http.Post($"rooms/{room}/commands", new { name = "deploy", url = receiver.Address })).Fails(409, "conflict");

        // Members complete it; where it asks is for owners alone, and the secret for nobody.
        var seen = (await bob.Http.Get($"rooms/{room}/commands")).Ok(200);
        seen["items"][0].GetProperty("name").GetString().ShouldBe("deploy");
        seen["items"][0].GetProperty("hint").GetString().ShouldBe("version");
        seen["items"][0].TryGetProperty("host", out _).ShouldBeFalse();
        (await ann.Http.Get($"rooms/{room}/commands")).Ok(200)["items"][0].GetProperty("host").GetString().ShouldBe(receiver.Address.Authority);
        seen.Text.ShouldNotContain(secret);

        await ann.Connect();
        receiver.Says = d => JsonSerializer.Serialize(new { text = $"**{JsonSerializer.Deserialize<JsonElement>(d.Body).GetProperty("text").GetString()}** is on its way" });
        var alone = (await Run(bob, room, "deploy", "1.2 to staging")).Ok(200);
        alone["show"].GetString().ShouldBe("sender");
        alone["text"].GetString().ShouldBe("**1.2 to staging** is on its way");
        alone["html"].GetString()!.ShouldContain("<strong>1.2 to staging</strong>");
        await ann.HasNotSeen("**1.2 to staging** is on its way");
        var asked = JsonSerializer.Deserialize<JsonElement>(receiver.Taken.Single().Body);
        asked.GetProperty("command").GetString().ShouldBe("deploy");
        asked.GetProperty("roomId").GetGuid().ShouldBe(room);
        asked.GetProperty("user").GetProperty("username").GetString().ShouldBe(bob.Username);
        receiver.Taken.ShouldAllBe(d => d.IsSignedWith(secret) && d.Path == "/deploy");

        receiver.Says = _ => """{"text":"1.2 is live","show":"room"}""";
        var first = (await Run(bob, room, "deploy", "1.2", "run-1")).Ok(200);
        (await Run(bob, room, "deploy", "1.2", "run-1")).Ok(200)["messageId"].GetGuid().ShouldBe(first["messageId"].GetGuid());
        (await ann.Sees("1.2 is live")).GetProperty("message").GetProperty("senderId").GetGuid().ShouldBe(botId);
        (await ann.History(room)).Count(m => m.Text() == "1.2 is live").ShouldBe(1);
        receiver.Taken.TakeLast(2).Select(d => d.Id).Distinct().Count().ShouldBe(1, "its program knows the repeat");

        receiver.Says = null;
        (await Run(bob, room, "deploy", "")).Ok(200)["show"].GetString().ShouldBe("nothing");
        chat.Output.ShouldNotContain(secret);
    }

    [Fact]
    public async Task A_command_whose_program_fails_says_so_in_words_and_follows_nobody_elsewhere()
    {
        await using var receiver = new HookReceiver();
        await using var chat = await RunningServer.Start(engine, Settings);
        await using var admin = await chat.Register("admin");
        await using var ann = await chat.Register("ann");
        var room = await ann.CreateRoom("plans");
        (await ann.Http.Post($"rooms/{room}/commands", new { name = "ask", url = receiver.Address })).Ok(201);
        (await ann.Http.Post($"rooms/{room}/commands", new { name = "down", url = $"http://127.0.0.1:{FreePorts.Next()}/" })).Ok(201);
        async Task Fails(string words, string name = "ask") => (await Run(ann, room, name, "x")).Fails(424, "command_failed").Text.ShouldContain(words);

        await Fails("cannot be reached", "down");
        receiver.Answers.Enqueue(503);
        await Fails("It answered 503.");
        receiver.Answers.Enqueue(302);
        await Fails("It answered 302.");
        receiver.Taken.Concat(receiver.Refused).ShouldNotContain(d => d.Path == "/redirected");
        foreach (var words in (string[])["hello", "[]", """{"text":7}""", """{"text":"x","show":"everybody"}""", """{"text":"x\u0000"}""", """{"text":"\ud800"}""", JsonSerializer.Serialize(new { text = new string('x', 8001) })])
        {
            receiver.Says = _ => words;
            await Fails("not of the form");
        }

        receiver.Says = _ => JsonSerializer.Serialize(new { text = new string('x', 70_000) });
        await Fails("too long");
        var thought = new TaskCompletionSource();
        receiver.Says = _ => """{"text":"late"}""";
        receiver.Thinks = thought.Task;
        await Fails("did not answer in time");
        thought.SetResult();
        (await ann.History(room)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A40_A44_a_rooms_commands_are_made_by_its_owners_run_by_its_members_and_end_with_the_right_of_their_maker()
    {
        await using var receiver = new HookReceiver();
        await using var chat = await RunningServer.Start(engine, Settings);
        await using var admin = await chat.Register("admin");
        var people = await chat.Register("owner", "moderator", "member", "outside");
        var (owner, moderator, member, outside) = (people[0], people[1], people[2], people[3]);
        var room = await owner.CreateRoom("plans", "private", moderator, member);
        (await owner.Http.Patch($"rooms/{room}/members/{moderator.Id}", new { role = "moderator" })).Ok();
        foreach (var (person, status) in people.Zip([201, 403, 403, 404]))
        {
            (await person.Http.Post($"rooms/{room}/commands", new { name = "go", url = receiver.Address })).Status.ShouldBe(status, person.DisplayName);
        }

        foreach (var name in (string?[])[null, "", "Go", "/go", "1st", "go now", new string('a', 33), "topic", "leave", "go\n"])
        {
            (await owner.Http.Post($"rooms/{room}/commands", new { name, url = receiver.Address })).Fails(400, "validation");
        }

        receiver.Says = _ => """{"text":"done"}""";
        (await Run(member, room, "go", "")).Ok(200)["text"].GetString().ShouldBe("done");
        (await Run(outside, room, "go", "")).Fails(404, "not_found");
        (await outside.Http.Get($"rooms/{room}/commands")).Fails(404, "not_found");
        (await Run(member, room, "stop", "")).Fails(404, "not_found");
        (await member.Http.Post($"rooms/{room}/commands/run", new { name = "go", text = new string('x', 8001), clientId = "a" })).Fails(400, "validation");
        (await member.Http.Post($"rooms/{room}/commands/run", new { name = "go", text = "x" })).Fails(400, "validation");
        var direct = await owner.DirectRoomWith(member);
        (await owner.Http.Post($"rooms/{direct}/commands", new { name = "go", url = receiver.Address })).Fails(403, "forbidden");

        // Who is removed while the program thinks gets no answer.
        var thought = new TaskCompletionSource();
        var before = receiver.Taken.Count;
        receiver.Thinks = thought.Task;
        var running = Run(member, room, "go", "");
        await Deadline.Until(() => receiver.Taken.Count > before, "the program to be asked");
        await owner.Remove(room, member);
        thought.SetResult();
        var late = await running;
        late.Status.ShouldBeOneOf(404, 424);
        late.Text.ShouldNotContain("done");

        (await owner.Http.Patch($"rooms/{room}/members/{moderator.Id}", new { role = "owner" })).Ok();
        (await moderator.Http.Patch($"rooms/{room}/members/{owner.Id}", new { role = "member" })).Ok();
        (await Run(moderator, room, "go", "")).Fails(424, "command_failed").Text.ShouldContain("does not own this room");
        var id = (await moderator.Http.Get($"rooms/{room}/commands")).Ok(200)["items"][0].GetProperty("id").GetString();
        (await owner.Http.Delete($"rooms/{room}/commands/{id}")).Fails(403, "forbidden");
        (await moderator.Http.Delete($"rooms/{room}/commands/{id}")).Ok(204);
        (await moderator.Http.Delete($"rooms/{room}/commands/{id}")).Fails(404, "not_found");
        (await moderator.Http.Get($"rooms/{room}/members")).Ok(200)["items"].GetArrayLength().ShouldBe(2, "its bot is gone");
        foreach (var person in people)
        {
            await person.DisposeAsync();
        }
    }

    [Fact]
    public async Task A83_B30_no_program_that_is_not_on_the_public_internet_is_asked()
    {
        await using var receiver = new HookReceiver();
        await using var chat = await RunningServer.Start(engine);
        await using var admin = await chat.Register("admin");
        await using var ann = await chat.Register("ann");
        var room = await ann.CreateRoom("plans");
        var port = receiver.Address.Port;
        foreach (var url in (string[])[$"http://127.0.0.1:{port}/", $"https://127.0.0.1:{port}/", $"https://[::ffff:127.0.0.1]:{port}/", $"https://0x7f.1:{port}/", "https://169.254.169.254/", "nonsense"])
        {
            (await ann.Http.Post($"rooms/{room}/commands", new { name = "x", url })).Fails(400, "validation");
        }

        // A name is judged by where it leads.
        (await ann.Http.Post($"rooms/{room}/commands", new { name = "x", url = $"https://localhost:{port}/" })).Ok(201);
        (await Run(ann, room, "x", "")).Fails(424, "command_failed").Text.ShouldContain("cannot be reached");
        receiver.Taken.Concat(receiver.Refused).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_hook_is_tried_and_one_that_was_switched_off_goes_on_where_it_stopped()
    {
        await using var receiver = new HookReceiver();
        await using var chat = await RunningServer.Start(engine, Settings);
        await using var admin = await chat.Register("admin");
        await using var ann = await chat.Register("ann");
        await using var bob = await chat.Register("bob");
        var room = await ann.CreateRoom("plans", "private", bob);
        var made = (await ann.Http.Post($"rooms/{room}/hooks", new { name = "builds", url = receiver.Address })).Ok(201);
        var path = $"rooms/{room}/hooks/{made["hook"].GetProperty("id").GetString()}";
        var tried = (await ann.Http.Post(path + "/test")).Ok(200);
        tried["taken"].GetBoolean().ShouldBeTrue();
        receiver.Taken.Single().Body.ShouldContain("\"test\":true");
        receiver.Taken.ShouldAllBe(d => d.IsSignedWith(made["secret"].GetString()!));
        receiver.Answers.Enqueue(500);
        var refused = (await ann.Http.Post(path + "/test")).Ok(200);
        refused["taken"].GetBoolean().ShouldBeFalse();
        refused["problem"].GetString().ShouldBe("It answered 500.");
        (await bob.Http.Post(path + "/test")).Fails(403, "forbidden");
        (await bob.Http.Patch(path, new { enabled = false })).Fails(403, "forbidden");
        (await ann.Http.Patch(path, new { })).Fails(400, "validation");

        receiver.Answers.Enqueue(500);
        await ann.Post(room, "while it is down");
        await Deadline.Until(async () => await State() is { } off && off.GetProperty("disabledAt").ValueKind is JsonValueKind.String, "the hook to be switched off", TimeSpan.FromSeconds(40));
        (await State()).GetProperty("problem").GetString().ShouldBe("It answered 500.");
        (await ann.Http.Patch(path, new { enabled = true })).Ok(200)["disabledAt"].ValueKind.ShouldBe(JsonValueKind.Null);
        await receiver.Gets("while it is down");

        // Switched off while a delivery is under way: what comes of that does not switch it on again.
        var thought = new TaskCompletionSource();
        var before = receiver.Taken.Count;
        receiver.Thinks = thought.Task;
        var last = (await ann.Post(room, "under way")).Seq();
        await Deadline.Until(() => receiver.Taken.Count > before, "the delivery to be under way");
        (await ann.Http.Patch(path, new { enabled = false })).Ok(200)["problem"].GetString().ShouldBe("An owner switched it off.");
        thought.SetResult();
        await Deadline.Until(async () => (await State()).GetProperty("lastSeq").GetInt64() >= last, "the number that was taken");
        (await State()).GetProperty("disabledAt").ValueKind.ShouldBe(JsonValueKind.String);
        (await State()).GetProperty("problem").GetString().ShouldBe("An owner switched it off.");
        (await ann.Http.Patch($"rooms/{room}/hooks/{Guid.CreateVersion7()}", new { enabled = true })).Fails(404, "not_found");

        async Task<JsonElement> State() => (await ann.Http.Get($"rooms/{room}/hooks")).Ok(200)["items"][0];
    }

    private static Task<Answer> Run(Person person, Guid room, string name, string text, string? clientId = null) =>
        person.Http.Post($"rooms/{room}/commands/run", new { name, text, clientId = clientId ?? Person.NewClientId() });

    public sealed class OnSqlite() : CommandTests(Engine.Sqlite);

    public sealed class OnPostgreSql() : CommandTests(Engine.PostgreSql);
}
