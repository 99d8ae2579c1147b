using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Messaging;

/// <summary>All threads in one place.</summary>
public abstract class ThreadListTests(ServerFixture fixture) : ServerTests(fixture)
{
    public sealed class OnSqlite(SqliteServer s) : ThreadListTests(s);

    public sealed class OnPostgreSql(PostgresServer s) : ThreadListTests(s);

    [Fact]
    public async Task The_threads_of_my_rooms_come_the_last_answered_first_and_by_pages_without_a_gap_or_a_repeat()
    {
        var people = await Server.Register("Ann", "Bob", "Eve");
        var (ann, bob, eve) = (people[0], people[1], people[2]);
        var rooms = new[] { await ann.CreateRoom("One", "private", bob), await ann.CreateRoom("Two", "private", bob) };
        var foreign = await eve.CreateRoom("Foreign", "private", bob);
        var roots = new List<Guid>();
        for (var i = 0; i < 7; i++)
        {
            var root = (await ann.Post(rooms[i % 2], $"root {i}")).Id();
            await Reply(bob, rooms[i % 2], root, $"reply {i}");
            roots.Add(root);
            await Reply(bob, foreign, (await eve.Post(foreign, $"foreign {i}")).Id(), "reply");
        }

        await ann.Post(rooms[0], "without a reply");
        await Reply(ann, rooms[1], roots[3], "once more");
        Guid[] expected = [roots[3], roots[6], roots[5], roots[4], roots[2], roots[1], roots[0]];

        (await Threads(ann)).Select(m => m.Id()).ShouldBe(expected);
        (await Threads(ann, limit: 2)).Select(m => m.Id()).ShouldBe(expected);
        var first = (await Threads(ann))[0];
        first.Number("replyCount").ShouldBe(2);
        first.GetProperty("replierIds").EnumerateArray().Select(r => r.GetGuid()).ShouldBe([ann.Id, bob.Id]);
    }

    [Fact]
    public async Task Mine_are_those_that_I_wrote_or_answered()
    {
        var people = await Server.Register("Ann", "Bob", "Eve");
        var (ann, bob, eve) = (people[0], people[1], people[2]);
        var room = await ann.CreateRoom("Room", "private", bob, eve);
        var written = (await eve.Post(room, "written by Eve")).Id();
        await Reply(ann, room, written, "a reply");
        var answered = (await ann.Post(room, "answered by Eve")).Id();
        await Reply(bob, room, answered, "first");
        var reply = await Reply(eve, room, answered, "second");
        var others = (await ann.Post(room, "of others")).Id();
        await Reply(bob, room, others, "reply");

        (await Threads(eve)).Select(m => m.Id()).ShouldBe([others, answered, written]);
        (await Threads(eve, mine: true)).Select(m => m.Id()).ShouldBe([answered, written]);
        (await eve.Http.Delete($"messages/{reply}")).Ok(204);
        (await Threads(eve, mine: true)).Select(m => m.Id()).ShouldBe([written]);
    }

    [Fact]
    public async Task A_thread_leaves_with_its_last_reply_and_with_the_membership()
    {
        var people = await Server.Register("Ann", "Bob");
        var (ann, bob) = (people[0], people[1]);
        var room = await ann.CreateRoom("Room", "private", bob);
        var kept = (await ann.Post(room, "kept")).Id();
        await Reply(bob, room, kept, "reply");
        var emptied = (await ann.Post(room, "emptied")).Id();
        var only = await Reply(bob, room, emptied, "the only reply");

        (await Threads(bob)).Select(m => m.Id()).ShouldBe([emptied, kept]);
        (await bob.Http.Delete($"messages/{only}")).Ok(204);
        (await Threads(bob)).Select(m => m.Id()).ShouldBe([kept]);
        (await ann.Http.Delete($"rooms/{room}/members/{bob.Id}")).Ok(204);
        (await Threads(bob)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_page_that_cannot_be_is_refused()
    {
        var ann = await Server.Register("Ann");
        foreach (var query in new[] { "limit=0", "limit=1001", "cursor=here", "cursor=12", "cursor=1.2", "cursor=-1.00000000000000000000000000000000" })
        {
            (await ann.Http.Get("threads?" + query)).Fails(400, "validation");
        }
    }

    private static async Task<Guid> Reply(Person person, Guid room, Guid root, string text) =>
        (await person.Http.Post($"rooms/{room}/messages", new { clientId = Person.NewClientId(), text, threadId = root })).Ok(201).Json.Id();

    private static async Task<IReadOnlyList<JsonElement>> Threads(Person person, int limit = 50, bool mine = false)
    {
        var all = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = (await person.Http.Get($"threads?limit={limit}&mine={(mine ? "true" : "false")}{(cursor is null ? "" : "&cursor=" + cursor)}")).Ok(200);
            all.AddRange(page["items"].EnumerateArray());
            cursor = page["nextCursor"].GetString();
        }
        while (cursor is not null);
        return all;
    }
}
