using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Messaging;

/// <summary>Mentions, and what people are notified of.</summary>
public abstract class NotificationTests(ServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task Who_is_named_in_a_room_is_in_the_message_is_notified_and_counts_it_until_they_have_read_it()
    {
        var (ann, bob, eve) = await People();
        var room = await ann.CreateRoom("plans", "private", bob);
        await bob.Connect();
        var sent = await ann.Post(room, $"lunch, @{bob.Username}? and @{eve.Username}, @{ann.Username} or @nobody-here.");
        Ids(sent, "mentions").ShouldBe([bob.Id]);
        var frame = await bob.Live.WaitFor(f => f.Type() == "message.created", "the message");
        Ids(frame.GetProperty("message"), "mentions").ShouldBe([bob.Id]);
        var told = (await bob.Live.WaitFor(f => f.Type() == "notification", "the notification")).GetProperty("notification");
        (told.Word("kind"), told.GetProperty("roomId").GetGuid(), told.GetProperty("messageId").GetGuid(), told.GetProperty("actorId").GetGuid())
            .ShouldBe(("mention", room, sent.Id(), ann.Id));
        told.Text().ShouldStartWith("lunch");
        Ids((await bob.History(room))[^1], "mentions").ShouldBe([bob.Id]);

        (await Mine(bob, room)).GetProperty("mentionCount").GetInt32().ShouldBe(1);
        (await Mine(ann, room)).GetProperty("mentionCount").GetInt32().ShouldBe(0);
        var page = (await bob.Http.Get("notifications")).Ok(200);
        page["unreadCount"].GetInt32().ShouldBe(2, "the mention, and that Ann brought him in");
        page["items"].EnumerateArray().Select(n => n.Word("kind")).ShouldBe(["mention", "added"]);
        (await eve.Http.Get("notifications")).Ok()["items"].GetArrayLength().ShouldBe(0);

        (await bob.Http.Put($"rooms/{room}/read", new { seq = sent.Seq() })).Ok(204);
        (await Mine(bob, room)).GetProperty("mentionCount").GetInt32().ShouldBe(0);
        await Deadline.Until(async () => (await bob.Http.Get("notifications")).Ok()["unreadCount"].GetInt32() == 0, "the notifications to be read with the room");
        await Done(ann, bob, eve);
    }

    [Fact]
    public async Task A_replay_of_the_own_log_shows_a_notification_as_its_message_is_then()
    {
        var (ann, bob, eve) = await People();
        var room = await ann.CreateRoom("plans", "private", bob);
        var userSeq = (await bob.Http.Get("rooms")).Ok()["userSeq"].GetInt64();
        var sent = await ann.Post(room, $"@{bob.Username} the secret plan");
        var other = await ann.Post(room, $"@{bob.Username} the other plan");
        (await ann.Http.Patch($"messages/{other.Id()}", new { text = $"@{bob.Username} the better plan" })).Ok();
        (await ann.Http.Delete($"messages/{sent.Id()}")).Ok(204);
        await bob.Connect(resume: true);
        await bob.Live.Resume(userSeq, new Dictionary<Guid, long>());
        var told = bob.Live.Frames.Where(f => f.Type() == "notification").ToList();
        told.Count.ShouldBe(2);
        told[0].ToString().ShouldNotContain("secret");
        told[1].GetProperty("notification").Text().ShouldContain("the better plan");
        (await bob.Http.Get("notifications")).Ok()["items"].EnumerateArray().Select(n => n.Word("kind")).ShouldBe(["mention", "added"]);
        (await Mine(bob, room)).GetProperty("mentionCount").GetInt32().ShouldBe(1);
        await Done(ann, bob, eve);
    }

    [Fact]
    public async Task An_edit_names_and_unnames_and_notifies_once()
    {
        var (ann, bob, eve) = await People();
        var room = await ann.CreateRoom("plans", "private", bob, eve);
        var sent = await ann.Post(room, $"@{bob.Username} look");
        (await ann.Http.Patch($"messages/{sent.Id()}", new { text = $"@{bob.Username} and @{eve.Username} look" })).Ok();
        (await ann.Http.Patch($"messages/{sent.Id()}", new { text = $"only @{eve.Username} look" })).Ok();
        (await ann.Http.Patch($"messages/{sent.Id()}", new { text = $"@{bob.Username} again" })).Ok();
        Ids((await bob.History(room))[^1], "mentions").ShouldBe([bob.Id]);
        (await Kinds(bob)).ShouldBe(["mention", "added"]);
        (await Kinds(eve)).ShouldBe(["mention", "added"]);
        (await Mine(eve, room)).GetProperty("mentionCount").GetInt32().ShouldBe(0);
        (await Mine(bob, room)).GetProperty("mentionCount").GetInt32().ShouldBe(1);
        await Done(ann, bob, eve);
    }

    [Fact]
    public async Task Everybody_is_called_by_all_and_nobody_is_listed()
    {
        var (ann, bob, eve) = await People();
        var room = await ann.CreateRoom("plans", "public", bob, eve);
        var sent = await bob.Post(room, $"@all and @{ann.Username}: lunch");
        sent.GetProperty("mentionsAll").GetBoolean().ShouldBeTrue();
        Ids(sent, "mentions").ShouldBe([ann.Id]);
        (await Kinds(ann)).ShouldBe(["mention"]);
        (await Kinds(eve)).ShouldBe(["mention", "added"]);
        (await Kinds(bob)).ShouldBe(["added"]);
        foreach (var (person, count) in new[] { (ann, 1), (eve, 1), (bob, 0) })
        {
            (await Mine(person, room)).GetProperty("mentionCount").GetInt32().ShouldBe(count);
        }

        await Done(ann, bob, eve);
    }

    [Fact]
    public async Task Who_takes_part_in_a_thread_or_is_quoted_is_told_of_replies()
    {
        var (ann, bob, eve) = await People();
        var room = await ann.CreateRoom("plans", "private", bob, eve);
        var root = await ann.Post(room, "who comes?");
        await Reply(bob, room, "I do", threadId: root.Id());
        await Reply(eve, room, $"me too, @{bob.Username}", threadId: root.Id());
        (await Kinds(ann)).ShouldBe(["reply", "reply"]);
        (await Kinds(bob)).ShouldBe(["mention", "added"], "named and in the thread is told once");
        (await Mine(bob, room)).GetProperty("mentionCount").GetInt32().ShouldBe(0, "threads do not count in the room");
        await Reply(ann, room, "good", replyTo: root.Id());
        await Reply(bob, room, "which?", replyTo: root.Id());
        (await Kinds(ann)).ShouldBe(["reply", "reply", "reply"]);
        await ann.Remove(room, eve);
        await Reply(bob, room, "without her", threadId: root.Id());
        (await Kinds(eve)).ShouldBeEmpty("what was said in a room that she is no longer in");
        await Done(ann, bob, eve);
    }

    [Fact]
    public async Task Preferences_and_mutes_are_kept_to()
    {
        var (ann, bob, eve) = await People();
        var room = await ann.CreateRoom("plans", "private", bob, eve);
        await bob.Connect();
        (await bob.Http.Put($"rooms/{room}/preferences", new { muted = true })).Ok(204);
        (await bob.Live.WaitFor(f => f.Type() == "room.preferences", "the event")).GetProperty("muted").GetBoolean().ShouldBeTrue();
        var changed = (await eve.Http.Put("users/me/notifications", new { kinds = new { mention = new { inApp = false } } })).Ok(200);
        changed["kinds"].GetProperty("mention").GetProperty("push").GetBoolean().ShouldBeTrue();
        (await eve.Http.Get("users/me/notifications")).Ok().Json.ToString().ShouldBe(changed.Json.ToString());
        var root = await ann.Post(room, $"@{bob.Username} @{eve.Username}");
        await Reply(eve, room, "yes", threadId: root.Id());
        await Reply(ann, room, "then go", threadId: root.Id());
        (await Kinds(bob)).ShouldBe(["added"]);
        (await Kinds(eve)).ShouldBe(["reply", "added"]);
        (await bob.Http.Put($"rooms/{room}/preferences", new { notify = "all" })).Ok(204);
        var mine = await Mine(bob, room);
        (mine.GetProperty("muted").GetBoolean(), mine.Word("notify")).ShouldBe((true, "all"));
        (await bob.Http.Put($"rooms/{room}/preferences", new { })).Fails(400, "validation");
        (await bob.Http.Put("users/me/notifications", new { kinds = new { nonsense = new { inApp = false } } })).Fails(400, "validation");
        (await bob.Http.Put("users/me/notifications", new { doNotDisturb = new { from = "25:00" } })).Fails(400, "validation");
        (await bob.Http.Put("users/me/notifications", new { doNotDisturb = new { timeZone = "Europe/Nowhere" } })).Fails(400, "validation");
        (await bob.Http.Put("users/me/notifications", new { doNotDisturb = new { enabled = true, from = "23:30", to = "06:15", timeZone = "Asia/Tokyo" } }))
            .Ok()["doNotDisturb"].Word("from").ShouldBe("23:30");
        await Done(ann, bob, eve);
    }

    [Fact]
    public async Task Notifications_are_paged_and_read_one_by_one_or_all()
    {
        var (ann, bob, eve) = await People();
        var room = await ann.CreateRoom("plans", "private", bob);
        for (var i = 0; i < 5; i++)
        {
            await ann.Post(room, $"@{bob.Username} {i}");
        }

        var all = (await bob.Http.Get("notifications?limit=200")).Ok()["items"].EnumerateArray().Select(n => n.Id()).ToArray();
        var paged = new List<Guid>();
        for (string? cursor = ""; cursor is not null;)
        {
            var page = (await bob.Http.Get($"notifications?limit=2{(cursor.Length > 0 ? $"&cursor={cursor}" : "")}")).Ok();
            paged.AddRange(page["items"].EnumerateArray().Select(n => n.Id()));
            cursor = page["nextCursor"].GetString();
        }

        paged.ShouldBe(all);
        await bob.Connect();
        (await eve.Http.Post("notifications/read", new { ids = all })).Ok(204);
        (await bob.Http.Get("notifications")).Ok()["unreadCount"].GetInt32().ShouldBe(6);
        (await bob.Http.Post("notifications/read", new { ids = all[..2] })).Ok(204);
        (await bob.Live.WaitFor(f => f.Type() == "notifications.read", "the event")).GetProperty("ids").GetArrayLength().ShouldBe(2);
        (await bob.Http.Get("notifications?unread=true")).Ok()["items"].EnumerateArray().Select(n => n.Id()).ShouldBe(all[2..]);
        (await bob.Http.Post("notifications/read", new { all = true })).Ok(204);
        (await bob.Http.Get("notifications?unread=true")).Ok()["items"].GetArrayLength().ShouldBe(0);
        (await bob.Http.Post("notifications/read", new { })).Fails(400, "validation");
        (await bob.Http.Get("notifications?cursor=x")).Fails(400, "validation");
        await Done(ann, bob, eve);
    }

    [Fact]
    public async Task People_of_a_room_are_found_by_the_beginning_of_their_names()
    {
        var (ann, bob, eve) = await People();
        var room = await ann.CreateRoom("plans", "private", bob);
        (await ann.Http.Get($"rooms/{room}/members?query={bob.Username[..5]}")).Ok()["items"].EnumerateArray()
            .Select(m => m.GetProperty("user").Id()).ShouldBe([bob.Id]);
        (await ann.Http.Get($"rooms/{room}/members?query={eve.Username}")).Ok()["items"].GetArrayLength().ShouldBe(0);
        (await eve.Http.Get($"rooms/{room}/members?query=b")).Fails(404, "not_found");
        await Done(ann, bob, eve);
    }

    [Fact]
    public async Task A_message_that_was_refused_for_another_reason_does_not_count_for_slow_mode()
    {
        var (ann, bob, eve) = await People();
        var room = await ann.CreateRoom("plans", "private", bob);
        (await ann.Http.Patch($"rooms/{room}", new { slowModeSeconds = 3600 })).Ok();
        (await bob.Http.Post($"rooms/{room}/messages", new { clientId = "c1", text = "an answer", replyTo = Guid.CreateVersion7() })).Fails(400, "validation");
        (await bob.Http.Post($"rooms/{room}/messages", new { clientId = "c2", text = "said" })).Ok(201);
        (await bob.Http.Post($"rooms/{room}/messages", new { clientId = "c3", text = "too soon" })).Fails(429, "rate_limited");
        await Done(ann, bob, eve);
    }

    [Fact]
    public async Task Slow_mode_holds_for_members_and_spares_moderators_and_repeats()
    {
        var (ann, bob, eve) = await People();
        var room = await ann.CreateRoom("plans", "private", bob);
        await bob.Post(room, "before");
        (await ann.Http.Patch($"rooms/{room}", new { slowModeSeconds = 60 })).Ok();
        await bob.Connect();
        var refused = await bob.Live.Refused("message.send", new { roomId = room, clientId = "early", text = "too soon" }, "rate_limited");
        refused.GetProperty("retryAfterMs").GetInt64().ShouldBeInRange(1, 60_000);
        (await ann.Http.Patch($"rooms/{room}", new { slowModeSeconds = 2 })).Ok();
        await Deadline.Until(async () => (await bob.Http.Post($"rooms/{room}/messages", new { clientId = "c1", text = "first" })).IsOk, "the time to come");
        (await bob.Http.Post($"rooms/{room}/messages", new { clientId = "c1", text = "first" })).Ok(200);
        var second = (await bob.Http.Post($"rooms/{room}/messages", new { clientId = "c2", text = "second" })).Fails(429, "rate_limited");
        second.Header("retry-after").ShouldNotBeNull();
        var both = await Task.WhenAll(bob.Live.Ask("message.send", new { roomId = room, clientId = "c3", text = "a" }), bob.Live.Ask("message.send", new { roomId = room, clientId = "c4", text = "b" }));
        both.Count(r => r.Type() == "ok").ShouldBeLessThanOrEqualTo(1);
        await ann.Post(room, "a moderator");
        await ann.Post(room, "does not wait");
        await Done(ann, bob, eve);
    }

    private async Task<(Person Ann, Person Bob, Person Eve)> People()
    {
        var people = await Server.Register("Ann", "Bob", "Eve");
        return (people[0], people[1], people[2]);
    }

    private static async Task<JsonElement> Reply(Person person, Guid room, string text, Guid? threadId = null, Guid? replyTo = null) =>
        (await person.Http.Post($"rooms/{room}/messages", new { clientId = Person.NewClientId(), text, threadId, replyTo })).Ok(201).Json;

    private static async Task<JsonElement> Mine(Person person, Guid room) => (await person.Http.Get($"rooms/{room}")).Ok().Json;

    private static async Task<string[]> Kinds(Person person) =>
        [.. (await person.Http.Get("notifications")).Ok()["items"].EnumerateArray().Select(n => n.Word("kind"))];

    private static Guid[] Ids(JsonElement message, string member) => [.. message.GetProperty(member).EnumerateArray().Select(i => i.GetGuid())];

    private static async Task Done(params Person[] people)
    {
        foreach (var person in people)
        {
            await person.DisposeAsync();
        }
    }

    public sealed class OnSqlite(SqliteServer server) : NotificationTests(server);

    public sealed class OnPostgreSql(PostgresServer server) : NotificationTests(server);
}
