using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Rooms;

/// <summary>Making rooms, being in them, leaving them.</summary>
public abstract class RoomTests(ServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task A_new_room_is_its_makers_and_shows_itself_to_all_who_are_in_it()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        await bob.Connect();
        var made = (await ann.Http.Post("rooms", new { type = "private", name = "  Plans  ", topic = "what next", memberIds = new[] { bob.Id, ann.Id, bob.Id } })).Ok(201);
        var room = made["id"].GetGuid();
        made["name"].GetString().ShouldBe("Plans");
        made["role"].GetString().ShouldBe("owner");
        made["memberCount"].GetInt32().ShouldBe(2);
        made["createdBy"].GetGuid().ShouldBe(ann.Id);
        made["retentionDays"].GetInt32().ShouldBe(0);
        made["avatarUrl"].ValueKind.ShouldBe(JsonValueKind.Null);
        var added = await bob.Live.WaitFor(f => f.Type() == "room.added" && f.GetProperty("room").Id() == room, "room.added");
        added.Number("userSeq").ShouldBeGreaterThan(0);
        added.GetProperty("room").Word("name").ShouldBe("Plans");
        await bob.Live.WaitFor(f => f.Type() == "member.joined" && f.IsOf(room) && f.Id("userId") == bob.Id, "the own member.joined");
        (await bob.Http.Get($"rooms/{room}")).Ok(200)["role"].GetString().ShouldBe("member");
        var events = await ann.Events(room);
        events.Select(e => (e.Seq(), e.Type(), e.Id("userId"), e.Word("role"))).ShouldBe([(1, "member.joined", ann.Id, "owner"), (2, "member.joined", bob.Id, "member")]);
    }

    [Fact]
    public async Task The_list_of_rooms_has_all_of_mine_and_none_of_others()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var mine = await ann.CreateRoom("mine");
        var shared = await ann.CreateRoom("shared", "private", bob);
        var direct = await bob.DirectRoomWith(ann);
        var list = (await ann.Http.Get("rooms")).Ok(200);
        list["userSeq"].GetInt64().ShouldBeGreaterThanOrEqualTo(4);
        var rooms = list["items"].EnumerateArray().ToArray();
        rooms.Select(r => r.Id()).ShouldBe([mine, shared, direct, await General(ann)], ignoreOrder: true);
        var withBob = rooms.Single(r => r.Id() == direct);
        withBob.GetProperty("name").ValueKind.ShouldBe(JsonValueKind.Null);
        withBob.GetProperty("peer").Id().ShouldBe(bob.Id);
        withBob.GetProperty("peer").TryGetProperty("email", out _).ShouldBeFalse();
        (await bob.Http.Get("rooms")).Ok(200)["items"].EnumerateArray().Select(r => r.Id()).ShouldNotContain(mine);
    }

    [Fact]
    public async Task Twenty_requests_at_once_for_one_pair_make_one_direct_room()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(i =>
        {
            var (asking, other) = i % 2 == 0 ? (ann, bob) : (bob, ann);
            return asking.Http.Post("rooms", new { type = "direct", memberIds = new[] { other.Id } });
        }));
        answers.Select(a => a.Ok()["id"].GetGuid()).Distinct().Count().ShouldBe(1);
        answers.Count(a => a.Status == 201).ShouldBe(1);
        (await ann.Http.Get("rooms")).Ok()["items"].EnumerateArray().Count(r => r.GetProperty("type").GetString() == "direct").ShouldBe(1);
        (await ann.Events(answers[0]["id"].GetGuid())).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_direct_room_takes_exactly_one_other_person()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        await using var cem = await Server.Register("Cem");
        foreach (var ids in new Guid[][] { [], [ann.Id], [bob.Id, cem.Id] })
        {
            (await ann.Http.Post("rooms", new { type = "direct", memberIds = ids })).Fails(400, "validation")["errors"].TryGetProperty("memberIds", out _).ShouldBeTrue();
        }

        (await ann.Http.Post("rooms", new { type = "direct", memberIds = new[] { Guid.CreateVersion7() } })).Fails(404, "not_found");
    }

    public static TheoryData<string, string> BadRooms => new()
    {
        { """{"name":"x"}""", "type" },
        { """{"type":"public"}""", "name" },
        { """{"type":"public","name":"   "}""", "name" },
        { """{"type":"public","name":"a\u0000b"}""", "name" },
        { """{"type":"public","name":"\u200b\u200d"}""", "name" },
        { """{"type":"public","name":"NAME81"}""", "name" },
        { """{"type":"public","name":"x","topic":"TOPIC251"}""", "topic" },
        { """{"type":"secret","name":"x"}""", "type" },
        { """{"type":0,"name":"x"}""", "type" },
        { """{"type":"public","name":"x","memberIds":["no"]}""", "memberIds[0]" },
        { """{"type":"public","name":"\ud800"}""", "name" },
    };

    [Theory]
    [MemberData(nameof(BadRooms))]
    public async Task What_is_out_of_bounds_is_refused_with_its_field(string body, string field)
    {
        await using var ann = await Server.Register("Ann");
        body = body.Replace("NAME81", new string('n', 81), StringComparison.Ordinal).Replace("TOPIC251", new string('t', 251), StringComparison.Ordinal);
        (await ann.Http.SendText(HttpMethod.Post, "rooms", body)).Fails(400, "validation")["errors"].TryGetProperty(field, out _).ShouldBeTrue(field);
    }

    [Fact]
    public async Task A_change_of_a_room_is_told_once_and_none_is_told_of_no_change()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var room = await ann.CreateRoom("before", "private", bob);
        await bob.Connect();
        var changed = (await ann.Http.Patch($"rooms/{room}", new { name = "after", topic = "t", slowModeSeconds = 5, retentionDays = 30, createdBy = bob.Id, memberCount = 9 })).Ok(200);
        (changed["name"].GetString(), changed["createdBy"].GetGuid(), changed["memberCount"].GetInt32()).ShouldBe(("after", ann.Id, 2));
        var told = await bob.Live.WaitFor(f => f.Type() == "room.updated" && f.IsOf(room), "room.updated");
        told.GetProperty("room").Word("name").ShouldBe("after");
        told.GetProperty("room").Number("slowModeSeconds").ShouldBe(5);
        told.GetProperty("room").TryGetProperty("role", out _).ShouldBeFalse("nothing personal is in a room's log");
        (await ann.Http.Patch($"rooms/{room}", new { name = "after" })).Ok(200);
        (await ann.Http.Patch($"rooms/{room}", new { })).Ok(200);
        (await ann.Http.Patch($"rooms/{room}", new { slowModeSeconds = 3601 })).Fails(400, "validation");
        (await ann.Http.Patch($"rooms/{room}", new { retentionDays = -1 })).Fails(400, "validation");
        (await ann.Http.Patch($"rooms/{room}", new { name = "" })).Fails(400, "validation");
        (await ann.Events(room)).Count(e => e.Type() == "room.updated").ShouldBe(1);
    }

    [Fact]
    public async Task The_last_owner_hands_over_before_leaving()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var room = await ann.CreateRoom("ours", "private", bob);
        (await ann.Http.Post($"rooms/{room}/leave")).Fails(409, "conflict");
        (await ann.Http.Delete($"rooms/{room}/members/{ann.Id}")).Fails(409, "conflict");
        (await ann.Http.Patch($"rooms/{room}/members/{ann.Id}", new { role = "member" })).Fails(409, "conflict");
        (await ann.Http.Patch($"rooms/{room}/members/{bob.Id}", new { role = "owner" })).Ok(200)["role"].GetString().ShouldBe("owner");
        await ann.Leave(room);
        (await ann.Http.Get($"rooms/{room}")).Fails(404, "not_found");
        (await bob.Http.Get($"rooms/{room}")).Ok(200)["memberCount"].GetInt32().ShouldBe(1);
    }

    [Fact]
    public async Task Two_owners_who_leave_at_once_do_not_leave_a_room_without_an_owner()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        await using var cem = await Server.Register("Cem");
        for (var round = 0; round < 5; round++)
        {
            var room = await ann.CreateRoom("ours", "private", bob, cem);
            (await ann.Http.Patch($"rooms/{room}/members/{bob.Id}", new { role = "owner" })).Ok(200);
            var answers = await Task.WhenAll(ann.Http.Post($"rooms/{room}/leave"), bob.Http.Post($"rooms/{room}/leave"));
            answers.Select(a => a.Status).Order().ShouldBe([204, 409]);
        }
    }

    [Fact]
    public async Task The_last_one_out_takes_the_room_with_them()
    {
        await using var ann = await Server.Register("Ann");
        var room = await ann.CreateRoom("alone", "public");
        await ann.Leave(room);
        (await ann.Http.Get($"rooms/{room}")).Fails(404, "not_found");
        (await ann.Http.Post($"rooms/{room}/join")).Fails(404, "not_found");
    }

    [Fact]
    public async Task A_deleted_room_is_gone_for_everybody_at_once()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        await bob.Connect();
        var room = await ann.CreateRoom("short", "public", bob);
        var code = (await ann.Http.Post($"rooms/{room}/invites", new { })).Ok(201)["code"].GetString();
        (await ann.Http.Delete($"rooms/{room}")).Ok(204);
        await bob.Live.WaitFor(f => f.Type() == "room.removed" && f.Id("roomId") == room, "room.removed");
        foreach (var person in new[] { ann, bob })
        {
            (await person.Http.Get($"rooms/{room}")).Fails(404, "not_found");
            (await person.Http.Get($"rooms/{room}/members")).Fails(404, "not_found");
            (await person.Http.Get($"rooms/{room}/events")).Fails(404, "not_found");
            (await person.Http.Post($"rooms/{room}/messages", new { clientId = "1", text = "late" })).Fails(404, "not_found");
            (await person.Http.Get("rooms")).Ok()["items"].EnumerateArray().ShouldNotContain(r => r.Id() == room);
            (await person.Http.Post("invites/preview", new { code })).Fails(404, "not_found");
        }

        (await ann.Http.Get("rooms/directory?query=short")).Ok()["items"].EnumerateArray().ShouldNotContain(r => r.Id() == room);
    }

    [Fact]
    public async Task Everybody_is_in_general_may_leave_it_and_come_back_and_nobody_deletes_it()
    {
        await using var ann = await Server.Register("Ann");
        var general = await General(ann);
        var room = (await ann.Http.Get($"rooms/{general}")).Ok(200);
        (room["type"].GetString(), room["name"].GetString(), room["role"].GetString()).ShouldBe(("public", "general", "member"));
        await ann.Leave(general);
        (await ann.Http.Get($"rooms/{general}")).Ok(200)["role"].ValueKind.ShouldBe(JsonValueKind.Null);
        (await ann.Http.Get($"rooms/{general}/members")).Fails(403, "forbidden");
        await ann.Join(general);
        await ann.Join(general);
        (await ann.Http.Delete($"rooms/{general}")).Fails(403, "forbidden");
        (await ann.Events(general)).Count(e => e.Type() == "member.joined" && e.Id("userId") == ann.Id).ShouldBe(2);
    }

    [Fact]
    public async Task The_first_admin_owns_general_alone_leaves_it_and_owns_it_again()
    {
        await using var server = await RunningServer.Start(Engine);
        await using var admin = await server.Register("Ada");
        var general = await General(admin);
        (await admin.Http.Get($"rooms/{general}")).Ok()["role"].GetString().ShouldBe("owner");
        (await admin.Http.Delete($"rooms/{general}")).Fails(403, "forbidden");
        (await admin.Http.Patch($"rooms/{general}", new { name = "other" })).Fails(403, "forbidden");
        (await admin.Http.Patch($"rooms/{general}", new { topic = "welcome" })).Ok(200);
        await admin.Leave(general);
        await using var ben = await server.Register("Ben");
        await admin.Join(general);
        (await admin.Http.Get($"rooms/{general}")).Ok()["role"].GetString().ShouldBe("owner");
        (await admin.Http.Post($"rooms/{general}/leave")).Fails(409, "conflict");
    }

    [Fact]
    public async Task The_directory_lists_public_rooms_by_name_in_pages_and_says_which_are_joined()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var mark = "d" + Guid.CreateVersion7().ToString("N")[^8..];
        var names = Enumerable.Range(0, 7).Select(i => $"{mark.ToUpperInvariant()} {i} 100%_").ToArray();
        foreach (var name in names)
        {
            await ann.CreateRoom(name, "public");
        }

        await ann.CreateRoom($"{mark} hidden");
        var first = await bob.Http.Get($"rooms/directory?query={mark}&limit=3");
        first.Ok(200)["items"].EnumerateArray().ShouldAllBe(r => !r.GetProperty("joined").GetBoolean());
        var seen = new List<string>();
        for (var next = ""; next is not null;)
        {
            var page = (await ann.Http.Get($"rooms/directory?query={mark}&limit=3{next}")).Ok(200);
            seen.AddRange(page["items"].EnumerateArray().Select(r => r.GetProperty("name").GetString()!));
            page["items"].EnumerateArray().ShouldAllBe(r => r.GetProperty("joined").GetBoolean());
            next = page["nextCursor"].GetString() is { } cursor ? "&cursor=" + cursor : null;
        }

        seen.ShouldBe(names);
        (await bob.Http.Get($"rooms/directory?query={mark}%25_")).Ok()["items"].GetArrayLength().ShouldBe(0);
        (await bob.Http.Get("rooms/directory?query=100%25_")).Ok()["items"].GetArrayLength().ShouldBeGreaterThanOrEqualTo(7);
        (await bob.Http.Get("rooms/directory?limit=0")).Fails(400, "validation");
        (await bob.Http.Get("rooms/directory?limit=201")).Fails(400, "validation");
        (await bob.Http.Get("rooms/directory?cursor=nonsense!")).Fails(400, "validation");
    }

    [Fact]
    public async Task Muting_is_ones_own_and_told_to_ones_devices_once()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var room = await ann.CreateRoom("loud", "private", bob);
        await ann.Connect();
        (await ann.Http.Put($"rooms/{room}/preferences", new { muted = true })).Ok(204);
        (await ann.Http.Put($"rooms/{room}/preferences", new { muted = true })).Ok(204);
        (await ann.Http.Put($"rooms/{room}/preferences", new { })).Fails(400, "validation");
        await ann.Live.WaitFor(f => f.Type() == "room.preferences" && f.Id("roomId") == room, "room.preferences");
        await ann.Live.Settle();
        ann.Live.Frames.Count(f => f.Type() == "room.preferences").ShouldBe(1);
        (await ann.Http.Get($"rooms/{room}")).Ok()["muted"].GetBoolean().ShouldBeTrue();
        (await bob.Http.Get($"rooms/{room}")).Ok()["muted"].GetBoolean().ShouldBeFalse();
    }

    internal static async Task<Guid> General(Person person) =>
        (await person.Http.Get("rooms")).Ok(200)["items"].EnumerateArray().Single(r => r.GetProperty("name").GetString() == "general").Id();

    public sealed class OnSqlite(SqliteServer server) : RoomTests(server);

    public sealed class OnPostgreSql(PostgresServer server) : RoomTests(server);
}
