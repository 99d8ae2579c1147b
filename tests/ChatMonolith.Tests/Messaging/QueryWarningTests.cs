using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Messaging;

/// <summary>EF warns once of a query that has no certain order or reads more than it should; nothing that a client can ask for may do so.</summary>
public abstract class QueryWarningTests(ServerFixture fixture) : ServerTests(fixture)
{
    [Fact]
    public async Task No_query_of_any_reading_route_is_warned_of()
    {
        var ann = await Server.Register("ann");
        var bob = await Server.Register("bob");
        await ann.DirectRoomWith(bob);
        var room = await ann.CreateRoom("r", "public", bob);
        var root = (await ann.Post(room, "root")).GetProperty("id").GetGuid();
        (await bob.Http.Put($"messages/{root}/reactions/%F0%9F%91%8D")).Ok(204);
        (await ann.Http.Put($"messages/{root}/pin")).Ok(204);
        (await bob.Http.Post($"rooms/{room}/messages", new { clientId = "reply", text = "reply", replyTo = root })).Ok(201);
        (await bob.Http.Post($"rooms/{room}/messages", new { clientId = "thread", text = "in the thread", threadId = root })).Ok(201);
        (await ann.Http.Patch($"messages/{root}", new { text = "root, edited" })).Ok(200);
        (await bob.Http.Put($"rooms/{room}/read", new { seq = 3 })).Ok(204);
        (await ann.Http.Post($"rooms/{room}/invites", new { })).Ok(201);
        foreach (var path in (string[])
            [
                "rooms", $"rooms/{room}", "rooms/directory?query=r&limit=1", $"rooms/{room}/messages?limit=2", $"rooms/{room}/messages?around=2", $"rooms/{room}/messages?after=0&limit=1",
                $"rooms/{room}/events?after=0", $"rooms/{room}/pins", $"rooms/{room}/threads/{root}", $"rooms/{room}/receipts", $"rooms/{room}/members?limit=1", $"rooms/{room}/invites",
                $"messages/{root}", $"messages/{root}/revisions", "users?query=a&limit=1", $"users/{bob.Id}", $"users/{bob.Id}/presence", "auth/me", "auth/sessions", "config",
                $"rooms/{room}/members?query=b&limit=1", "notifications?limit=1", "notifications?unread=true", "users/me/notifications", "push/key", "push/subscriptions",
            ])
        {
            (await ann.Http.Get(path)).Ok(200);
        }

        var live = await bob.Connect(resume: true);
        (await live.Ask("resume", new { epoch = live.Hello.Word("epoch"), userSeq = 0, rooms = new Dictionary<string, long> { [room.ToString()] = 0 } })).Type().ShouldBe("ok");
        (await ann.Http.Delete($"messages/{root}")).Ok(204);
        (await ann.Http.Delete($"rooms/{room}")).Ok(204);
        Server.Output.ShouldNotContain("Microsoft.EntityFrameworkCore.Query[");
    }

    public sealed class OnSqlite(SqliteServer server) : QueryWarningTests(server);

    public sealed class OnPostgreSql(PostgresServer server) : QueryWarningTests(server);
}
