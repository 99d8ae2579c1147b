using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Rooms;

/// <summary>Who is in a room, and what becomes of those who are not any more.</summary>
public abstract class MemberTests(ServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task People_are_added_once_and_listed_in_the_order_in_which_they_came()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        await using var cem = await Server.Register("Cem");
        var room = await ann.CreateRoom("team");
        await ann.Add(room, bob);
        var added = (await ann.Http.Post($"rooms/{room}/members", new { userIds = new[] { bob.Id, cem.Id, cem.Id } })).Ok(200);
        added["items"].EnumerateArray().Select(m => m.GetProperty("user").Id()).ShouldBe([bob.Id, cem.Id], ignoreOrder: true);
        (await ann.Events(room)).Count(e => e.Type() == "member.joined").ShouldBe(3);
        var first = (await cem.Http.Get($"rooms/{room}/members?limit=2")).Ok(200);
        first["items"].EnumerateArray().Select(m => m.GetProperty("user").Id()).ShouldBe([ann.Id, bob.Id]);
        var second = (await cem.Http.Get($"rooms/{room}/members?limit=2&cursor={first["nextCursor"].GetString()}")).Ok(200);
        second["items"].EnumerateArray().Select(m => (m.GetProperty("user").Id(), m.GetProperty("role").GetString())).ShouldBe([(cem.Id, "member")]);
        second["nextCursor"].GetString().ShouldBeNull();
        (await ann.Http.Get($"rooms/{room}")).Ok()["memberCount"].GetInt32().ShouldBe(3);
    }

    [Fact]
    public async Task An_unknown_person_is_not_found_and_nobody_is_added_with_them()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var room = await ann.CreateRoom("team");
        (await ann.Http.Post($"rooms/{room}/members", new { userIds = new[] { bob.Id, Guid.CreateVersion7() } })).Fails(404, "not_found");
        (await ann.Http.Post($"rooms/{room}/members", new { userIds = Array.Empty<Guid>() })).Fails(400, "validation");
        (await ann.Http.Post($"rooms/{room}/members", new { })).Fails(400, "validation");
        (await ann.Http.Post($"rooms/{room}/members", new { userIds = Enumerable.Range(0, 201).Select(_ => Guid.CreateVersion7()) })).Fails(400, "validation");
        (await ann.Http.Get($"rooms/{room}/members")).Ok()["items"].GetArrayLength().ShouldBe(1);
    }

    [Fact]
    public async Task B4_somebody_who_was_removed_gets_nothing_more_from_anywhere()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var room = await ann.CreateRoom("team", "private", bob);
        await bob.Connect();
        await ann.Post(room, "before");
        await bob.Sees("before");
        await ann.Remove(room, bob);
        await ann.Post(room, "after");
        (await bob.Http.Get($"rooms/{room}")).Fails(404, "not_found");
        (await bob.Http.Get($"rooms/{room}/members")).Fails(404, "not_found");
        (await bob.Http.Get($"rooms/{room}/events")).Fails(404, "not_found");
        (await bob.Http.Post($"rooms/{room}/messages", new { clientId = "1", text = "still here" })).Fails(404, "not_found");
        (await bob.Http.Put($"rooms/{room}/preferences", new { muted = true })).Fails(404, "not_found");
        (await bob.Http.Get("rooms")).Ok()["items"].EnumerateArray().ShouldNotContain(r => r.Id() == room);
        await bob.Live.Refused("message.send", new { roomId = room, clientId = "2", text = "still here" }, "not_found");
        await bob.Live.WaitFor(f => f.Type() == "room.removed" && f.Id("roomId") == room, "room.removed");
        await bob.HasNotSeen("after");
        (await ann.Events(room)).Last(e => e.Type() == "member.left").Id("userId").ShouldBe(bob.Id);
    }

    [Fact]
    public async Task B4_no_answer_leaves_after_a_removal_has_returned_however_busy_the_removed_is()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        for (var round = 0; round < 3; round++)
        {
            var room = await ann.CreateRoom("team", "private", bob);
            using var over = new CancellationTokenSource();
            var removed = 0;
            string[] paths = [$"rooms/{room}", $"rooms/{room}/members", $"rooms/{room}/events"];
            var late = 0;
            var before = 0;
            var after = 0;
            var readers = paths.Select(async path =>
            {
                while (!over.IsCancellationRequested)
                {
                    var afterwards = Volatile.Read(ref removed) == 1;
                    var answer = await bob.Http.Get(path);
                    Interlocked.Increment(ref afterwards ? ref after : ref before);
                    if (afterwards && answer.Status != 404)
                    {
                        Interlocked.Increment(ref late);
                    }
                }
            }).ToArray();
            await Deadline.Until(() => Volatile.Read(ref before) >= 30, "the readers to be at it");
            await ann.Remove(room, bob);
            Volatile.Write(ref removed, 1);
            await Deadline.Until(() => Volatile.Read(ref after) >= 60, "the readers to have asked again and again");
            await over.CancelAsync();
            await Task.WhenAll(readers);
            late.ShouldBe(0);
        }
    }

    [Fact]
    public async Task Roles_change_what_one_may_do_at_once_and_are_told()
    {
        await using var ann = await Server.Register("Ann");
        await using var bob = await Server.Register("Bob");
        var room = await ann.CreateRoom("team", "private", bob);
        await bob.Connect();
        (await bob.Http.Patch($"rooms/{room}", new { topic = "mine" })).Fails(403, "forbidden");
        (await ann.Http.Patch($"rooms/{room}/members/{bob.Id}", new { role = "moderator" })).Ok(200)["user"].Id().ShouldBe(bob.Id);
        (await ann.Http.Patch($"rooms/{room}/members/{bob.Id}", new { role = "moderator" })).Ok(200);
        (await bob.Http.Patch($"rooms/{room}", new { topic = "mine" })).Ok(200);
        var told = await bob.Live.WaitFor(f => f.Type() == "member.role" && f.IsOf(room), "member.role");
        (told.Id("userId"), told.Word("role"), told.Id("by")).ShouldBe((bob.Id, "moderator", ann.Id));
        (await ann.Events(room)).Count(e => e.Type() == "member.role").ShouldBe(1);
        (await ann.Http.Patch($"rooms/{room}/members/{bob.Id}", new { role = "god" })).Fails(400, "validation");
        (await ann.Http.Patch($"rooms/{room}/members/{bob.Id}", new { })).Fails(400, "validation");
        (await ann.Http.Patch($"rooms/{room}/members/{Guid.CreateVersion7()}", new { role = "member" })).Fails(404, "not_found");
        (await ann.Http.Delete($"rooms/{room}/members/{Guid.CreateVersion7()}")).Fails(404, "not_found");
    }

    public sealed class OnSqlite(SqliteServer server) : MemberTests(server);

    public sealed class OnPostgreSql(PostgresServer server) : MemberTests(server);
}
