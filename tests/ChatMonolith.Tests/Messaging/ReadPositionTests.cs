using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Messaging;

/// <summary>Read positions, unread counts, receipts and typing.</summary>
public abstract class ReadPositionTests(ServerFixture fixture) : ServerTests(fixture)
{
    public sealed class OnSqlite(SqliteServer s) : ReadPositionTests(s);

    public sealed class OnPostgreSql(PostgresServer s) : ReadPositionTests(s);

    [Fact]
    public async Task What_others_wrote_since_is_unread_and_nothing_else()
    {
        var (ann, bob, room) = await TwoInARoom();
        var root = await ann.Post(room, "one");
        var two = await ann.Post(room, "two");
        await bob.Post(room, "my own");
        (await ann.Http.Post($"rooms/{room}/messages", new { clientId = "t", text = "reply", threadId = root.Id() })).Ok(201);

        (await Unread(bob, room)).ShouldBe(2);
        (await Unread(ann, room)).ShouldBe(1);
        (await ann.Http.Delete($"messages/{two.Id()}")).Ok(204);
        (await Unread(bob, room)).ShouldBe(1);
    }

    [Fact]
    public async Task Unread_counts_do_not_stick()
    {
        var (ann, bob, room) = await TwoInARoom();
        var one = await ann.Post(room, "one");
        var two = await ann.Post(room, "two");

        (await bob.Http.Put($"rooms/{room}/read", new { seq = one.Seq() })).Ok(204);
        (await Unread(bob, room)).ShouldBe(1, "seen at once, before anything is flushed");
        (await bob.Http.Put($"rooms/{room}/read", new { seq = two.Seq() })).Ok(204);
        (await Unread(bob, room)).ShouldBe(0);
        await bob.Connect();
        await bob.Live.Do("read", new { roomId = room, seq = one.Seq() });
        (await Room(bob, room))["lastReadSeq"].GetInt64().ShouldBe(two.Seq(), "it never moves back");
        await ann.Http.Delete($"messages/{two.Id()}");
        (await Unread(bob, room)).ShouldBe(0);
        await ann.Post(room, "three");
        (await Unread(bob, room)).ShouldBe(1);
        await bob.Live.Do("read", new { roomId = room, seq = long.MaxValue });
        var summary = await Room(bob, room);
        summary["unreadCount"].GetInt32().ShouldBe(0);
        summary["lastReadSeq"].GetInt64().ShouldBe(summary["atSeq"].GetInt64(), "held at the room's last number");
        summary["lastMessage"].Text().ShouldBe("three");
        summary["digest"].GetString()!.Length.ShouldBe(32);
    }

    [Fact]
    public async Task What_was_read_just_before_the_room_went_is_told_to_nobody()
    {
        var (ann, bob, room) = await TwoInARoom();
        var other = await bob.CreateRoom("other");
        var one = await ann.Post(room, "one");
        var two = await bob.Post(other, "two");
        await bob.Connect();
        (await bob.Http.Put($"rooms/{room}/read", new { seq = one.Seq() })).Ok(204);
        (await ann.Http.Delete($"rooms/{room}")).Ok(204);
        (await bob.Http.Put($"rooms/{other}/read", new { seq = two.Seq() })).Ok(204);
        await bob.Live.WaitFor(f => f.Type() == "room.read" && f.GetProperty("roomId").GetGuid() == other, "the later position to be told");
        var gone = bob.Live.Frames.Select((f, i) => (f, i)).First(x => x.f.Type() == "room.removed").i;
        bob.Live.Frames.Skip(gone).ShouldNotContain(f => f.Type() == "room.read" && f.GetProperty("roomId").GetGuid() == room);
    }

    [Fact]
    public async Task Who_joins_has_nothing_unread()
    {
        var ann = await Server.Register("Ann");
        var room = await ann.CreateRoom("old");
        await ann.Post(room, "long ago");
        var bob = await Server.Register("Bob");
        await ann.Add(room, bob);

        (await Unread(bob, room)).ShouldBe(0);
        await ann.Post(room, "welcome");
        (await Unread(bob, room)).ShouldBe(1);
    }

    [Fact]
    public async Task A_read_position_reaches_the_other_device_and_the_others_see_a_receipt()
    {
        var (ann, bob, room) = await TwoInARoom();
        var message = await ann.Post(room, "one");
        await ann.Connect();
        await bob.Connect();
        var phone = await bob.AtAnotherDevice();
        await phone.Connect();

        await bob.Live.Do("read", new { roomId = room, seq = message.Seq() });

        var mine = await phone.Live.WaitFor(f => f.Type() == "room.read" && f.Id("roomId") == room && f.Seq() == message.Seq(), "the own position");
        mine.Number("userSeq").ShouldBeGreaterThan(0);
        await ann.Live.WaitFor(f => f.Type() == "receipt" && f.Id("userId") == bob.Id && f.Id("roomId") == room && f.Seq() == message.Seq(), "the receipt");
        var receipts = (await ann.Http.Get($"rooms/{room}/receipts")).Ok(200)["items"].EnumerateArray().ToArray();
        receipts.Single(r => r.Id("userId") == bob.Id).Seq().ShouldBe(message.Seq());
    }

    [Fact]
    public async Task Receipts_are_seen_at_once()
    {
        var (ann, bob, room) = await TwoInARoom();
        var message = await ann.Post(room, "one");

        (await bob.Http.Put($"rooms/{room}/read", new { seq = message.Seq() })).Ok(204);

        var receipts = (await ann.Http.Get($"rooms/{room}/receipts")).Ok(200)["items"].EnumerateArray().ToArray();
        receipts.Single(r => r.Id("userId") == bob.Id).Seq().ShouldBe(message.Seq());
    }

    [Fact]
    public async Task A_stop_loses_no_read_position()
    {
        await using var server = await RunningServer.Start(Engine);
        var people = await server.Register("Ann", "Bob");
        var (ann, bob) = (people[0], people[1]);
        var room = await ann.CreateRoom("team", "private", bob);
        var message = await ann.Post(room, "one");
        (await bob.Http.Put($"rooms/{room}/read", new { seq = message.Seq() })).Ok(204);

        (await server.Stop()).ShouldBe(0);
        await server.Restart();

        (await Room(bob, room))["lastReadSeq"].GetInt64().ShouldBe(message.Seq());
    }

    [Fact]
    public async Task A_position_needs_a_number_and_a_room_of_ones_own()
    {
        var (_, bob, room) = await TwoInARoom();
        var eve = await Server.Register("Eve");
        await eve.Connect();

        (await bob.Http.Put($"rooms/{room}/read", new { })).Fails(400, "validation");
        (await bob.Http.Put($"rooms/{room}/read", new { seq = -1 })).Fails(400, "validation");
        (await eve.Http.Put($"rooms/{room}/read", new { seq = 1 })).Fails(404, "not_found");
        await eve.Live.Refused("read", new { roomId = room, seq = 1 }, "not_found");
        await eve.Live.Refused("typing", new { roomId = room, on = true }, "not_found");
    }

    [Fact]
    public async Task Typing_is_told_to_the_others_and_ends_by_itself()
    {
        var (ann, bob, room) = await TwoInARoom();
        await ann.Connect();
        await bob.Connect();

        await bob.Live.Do("typing", new { roomId = room, on = true });
        await ann.Live.WaitFor(f => IsTyping(f, bob, on: true), "typing");
        await ann.Live.WaitFor(f => IsTyping(f, bob, on: false), "the end of typing by itself", TimeSpan.FromSeconds(12));
        var from = ann.Live.Frames.Count;
        await bob.Live.Do("typing", new { roomId = room, on = true });
        await bob.Live.Do("typing", new { roomId = room, on = false });
        await ann.Live.WaitFor(f => IsTyping(f, bob, on: false), "the end of typing", from: from);
        bob.Live.Frames.ShouldNotContain(f => f.Type() == "typing");
        await bob.Live.Refused("typing", new { roomId = room }, "validation");
    }

    private static bool IsTyping(JsonElement frame, Person who, bool on) =>
        frame.Type() == "typing" && frame.Id("userId") == who.Id && frame.GetProperty("on").GetBoolean() == on;

    private static async Task<int> Unread(Person person, Guid room) => (await Room(person, room))["unreadCount"].GetInt32();

    private static async Task<Answer> Room(Person person, Guid room)
    {
        var one = (await person.Http.Get($"rooms/{room}")).Ok(200);
        var listed = (await person.Http.Get("rooms")).Ok(200)["items"].EnumerateArray().Single(r => r.Id() == room);
        listed.Number("unreadCount").ShouldBe(one["unreadCount"].GetInt64());
        return one;
    }

    private async Task<(Person Ann, Person Bob, Guid Room)> TwoInARoom()
    {
        var people = await Server.Register("Ann", "Bob");
        return (people[0], people[1], await people[0].CreateRoom("team", "private", people[1]));
    }
}
