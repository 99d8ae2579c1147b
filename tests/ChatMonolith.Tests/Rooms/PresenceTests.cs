using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Rooms;

/// <summary>Who is here, to whom it is told.</summary>
public abstract class PresenceTests(ServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task A_person_is_one_over_all_their_devices()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        await using var bobsPhone = await bob.AtAnotherDevice();
        await ann.Connect();
        var (shown, _) = Shown(await ann.Live.Do("presence.watch", new { userIds = new[] { bob.Id } }), bob).ShouldNotBeNull();
        shown.ShouldBe("offline");

        await bob.Connect();
        await Told(ann, bob, "online");
        await bobsPhone.Connect();
        await bobsPhone.Live.Do("presence.set", new { status = "busy" });
        await Told(ann, bob, "busy");
        await bob.Live.Do("presence.set", new { status = "away" });
        await Told(ann, bob, "away");

        // One device goes: nothing changes. The other goes: offline, after a while.
        var before = ann.Live.Frames.Count;
        await bobsPhone.Live.Close();
        var left = TimeProvider.System.GetTimestamp();
        await bob.Live.Close();
        await Told(ann, bob, "offline", before);
        TimeProvider.System.GetElapsedTime(left).TotalSeconds.ShouldBeInRange(4.5, 10);
        ann.Live.Frames.Skip(before).Count(f => f.Type() == "presence").ShouldBe(1);

        // What was chosen last still stands when they come back.
        await bob.Connect();
        await Told(ann, bob, "away", before);
    }

    [Fact]
    public async Task A_short_break_is_not_told()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        await ann.Connect();
        await bob.Connect();
        await ann.Live.Do("presence.watch", new { userIds = new[] { bob.Id } });
        await Deadline.Until(async () => (await Status(ann, bob)) == "online", "bob to be online");
        var before = ann.Live.Frames.Count;
        bob.Live.Drop();
        await bob.Connect();
        await bob.Live.Do("presence.set", new { status = "busy" });
        await Told(ann, bob, "busy", before);
        ann.Live.Frames.Skip(before).Where(f => f.Type() == "presence").Select(f => f.Word("status")).ShouldNotContain("offline");
    }

    [Fact]
    public async Task Who_is_invisible_is_offline_to_others_and_was_last_seen_before()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        await ann.Connect();
        (await bob.Http.Get($"users/{bob.Id}/presence")).Ok(200)["lastSeenAt"].ValueKind.ShouldBe(JsonValueKind.Null, "never seen");
        await bob.Connect();
        await ann.Live.Do("presence.watch", new { userIds = new[] { bob.Id } });
        await Deadline.Until(async () => (await Status(ann, bob)) == "online", "bob to be online");
        await bob.Live.Do("presence.set", new { status = "invisible" });
        var told = await Told(ann, bob, "offline");
        var seen = told.GetProperty("lastSeenAt").GetDateTimeOffset();
        await bob.Live.Do("presence.set", new { status = "invisible" });
        await bob.Open();
        (await ann.Http.Get($"users/{bob.Id}/presence")).Ok(200)["lastSeenAt"].GetDateTimeOffset().ShouldBe(seen);
        (await Status(ann, bob)).ShouldBe("offline");
    }

    [Fact]
    public async Task Only_people_with_whom_a_room_is_shared_are_shown()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        await bob.Leave(await RoomTests.General(bob));
        await ann.Connect();
        await bob.Connect();
        var nobody = await ann.Live.Do("presence.watch", new { userIds = new[] { bob.Id, Guid.CreateVersion7() } });
        Shown(nobody, bob).ShouldBeNull();
        (await ann.Http.Get($"users/{bob.Id}/presence")).Fails(404, "not_found");
        (await ann.Http.Get($"users/{Guid.CreateVersion7()}/presence")).Fails(404, "not_found");

        // A room comes, and with it the right; it goes, and takes the right with it.
        var room = await ann.CreateRoom("shared", "private", bob);
        await bob.Live.Do("presence.set", new { status = "busy" });
        await Told(ann, bob, "busy");
        (await Status(ann, bob)).ShouldBe("busy");
        await ann.Remove(room, bob);
        var before = ann.Live.Frames.Count;
        await bob.Live.Do("presence.set", new { status = "away" });

        // Cem, who is told of after Bob, shows that nothing of Bob was sent.
        await using var cem = await Server.Register("Cem");
        await ann.Live.Do("presence.watch", new { userIds = new[] { bob.Id, cem.Id } });
        await cem.Connect();
        await Told(ann, cem, "online");
        ann.Live.Frames.Skip(before).ShouldNotContain(f => f.Type() == "presence" && f.Id("userId") == bob.Id);
    }

    [Fact]
    public async Task A_watch_replaces_the_earlier_one_and_keeps_its_bounds()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        await using var cem = await Server.Register("Cem");
        await ann.Connect();
        await ann.Live.Do("presence.watch", new { userIds = new[] { bob.Id } });
        await ann.Live.Do("presence.watch", new { userIds = new[] { cem.Id } });
        await bob.Connect();
        await cem.Connect();
        await Told(ann, cem, "online");
        ann.Live.Frames.ShouldNotContain(f => f.Type() == "presence" && f.Id("userId") == bob.Id);
        await ann.Live.Refused("presence.watch", new { userIds = Enumerable.Range(0, 201).Select(_ => Guid.CreateVersion7()) }, "validation");
        await ann.Live.Refused("presence.watch", new { }, "validation");
        await ann.Live.Refused("presence.set", new { status = "asleep" }, "validation");
        await ann.Live.Refused("presence.set", new { }, "validation");
        await ann.Live.Do("presence.watch", new { userIds = Array.Empty<Guid>() });
    }

    [Fact]
    public async Task The_reply_comes_before_the_event_that_it_causes()
    {
        await using var ann = await Server.Register("Ann");
        await ann.Connect();
        await ann.Live.Do("presence.watch", new { userIds = new[] { ann.Id } });
        await Deadline.Until(async () => (await Status(ann, ann)) == "online", "ann to be online");
        foreach (var status in new[] { "busy", "away", "online", "busy" })
        {
            var before = ann.Live.Frames.Count;
            await ann.Live.Do("presence.set", new { status });
            await Told(ann, ann, status, before);
            // Others may join the rooms that everybody is in meanwhile.
            ann.Live.Frames.Skip(before).Select(f => f.Type()).Where(t => t is "ok" or "presence").ShouldBe(["ok", "presence"]);
        }
    }

    private static Task<JsonElement> Told(Person watcher, Person person, string status, int from = 0) =>
        watcher.Live.WaitFor(f => f.Type() == "presence" && f.Id("userId") == person.Id && f.Word("status") == status, $"{person.Username} to be {status}", from: from);

    private static async Task<string?> Status(Person asking, Person person) => (await asking.Http.Get($"users/{person.Id}/presence")).Ok(200)["status"].GetString();

    private static (string Status, bool Seen)? Shown(JsonElement reply, Person person) =>
        reply.TryGetProperty("presences", out var list)
            ? list.EnumerateArray().Where(p => p.Id("userId") == person.Id).Select(p => ((string, bool)?)(p.Word("status"), p.TryGetProperty("lastSeenAt", out _))).SingleOrDefault()
            : null;

    public sealed class OnSqlite(SqliteServer server) : PresenceTests(server);

    public sealed class OnPostgreSql(PostgresServer server) : PresenceTests(server);
}
