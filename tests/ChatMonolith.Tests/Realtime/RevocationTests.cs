using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Realtime;

/// <summary>
/// Promise 6: what ends a right takes effect on open sockets before the call that ended it returns, also while the room is under full
/// load. What had reached the socket before may still be on its way to the client; so each check looks at the numbers that the log
/// gave out after the call had returned.
/// </summary>
public abstract class RevocationTests(ServerFixture fixture) : ServerTests(fixture)
{
    public sealed class OnSqlite(SqliteServer s) : RevocationTests(s);

    public sealed class OnPostgreSql(PostgresServer s) : RevocationTests(s);

    [Fact]
    public async Task A43_B3_B4_A_removed_member_hears_reads_and_writes_nothing_more_while_the_room_is_under_full_load()
    {
        var (ann, bob, room) = await Pair();
        await using var load = new Load(ann, room);
        var live = await bob.Connect();
        await live.WaitFor(f => f.IsOf(room), "the load");
        var reading = new Repeating(() => bob.Http.Get($"rooms/{room}/messages"));
        var sending = new Repeating(() => bob.Http.Post($"rooms/{room}/messages", new { clientId = Guid.NewGuid().ToString("N"), text = "from bob" }));
        await ann.Remove(room, bob);
        var head = await Head(ann, room);
        var lateRead = (await bob.Http.Get($"rooms/{room}/messages")).Fails(404, "not_found");
        lateRead.Code.ShouldBe((await bob.Http.Get($"rooms/{Guid.CreateVersion7()}/messages")).Code);
        await load.MoreThan(200);
        await live.Settle();
        live.Frames.ShouldNotContain(f => f.IsOf(room) && f.Seq() > head, "no entry after the removal");
        live.Frames.ShouldContain(f => f.Type() == "room.removed" && f.Id("roomId") == room);
        (await reading.Stop()).ShouldNotContain(a => a.Status >= 500);
        (await sending.Stop()).ShouldNotContain(a => a.Status >= 500);
        (await ann.Events(room, head)).ShouldNotContain(e => e.Id("by") == bob.Id, "not one message gets a number after it");
    }

    [Fact]
    public async Task A27_B1_Logout_cuts_the_sockets_of_the_session_and_its_tokens_while_the_room_is_under_full_load()
    {
        var (ann, bob, room) = await Pair();
        var elsewhere = await bob.AtAnotherDevice();
        await using var load = new Load(ann, room);
        var live = await bob.Connect();
        var other = await elsewhere.Connect();
        var sending = new Repeating(() => bob.Http.Post($"rooms/{room}/messages", new { clientId = Guid.NewGuid().ToString("N"), text = "from bob" }));
        (await bob.Http.Post("auth/logout")).Ok(204);
        var head = await Head(ann, room);
        (await bob.Http.Get("auth/me")).Fails(401, "unauthenticated");
        (await live.Closed.Within("the close")).ShouldBe(4403);
        await load.MoreThan(100);
        live.Frames.ShouldNotContain(f => f.IsOf(room) && f.Seq() > head);
        (await sending.Stop()).ShouldNotContain(a => a.Status >= 500);
        (await ann.Events(room, head)).ShouldNotContain(e => e.Id("by") == bob.Id);
        await other.Settle();
    }

    [Fact]
    public async Task A29_B17_A_password_change_ends_the_other_sessions_before_it_returns()
    {
        var (ann, bob, room) = await Pair();
        var elsewhere = await bob.AtAnotherDevice();
        await using var load = new Load(ann, room);
        var own = await bob.Connect();
        var other = await elsewhere.Connect();
        (await bob.Http.Post("auth/password/change", new { currentPassword = bob.Password, newPassword = "a wholly other phrase 9" })).Ok(204);
        var head = await Head(ann, room);
        (await elsewhere.Http.Get("auth/me")).Fails(401, "unauthenticated");
        (await other.Closed.Within("the close")).ShouldBe(4403);
        other.Frames.ShouldNotContain(f => f.IsOf(room) && f.Seq() > head);
        await own.Settle();
    }

    [Fact]
    public async Task A30_An_ended_session_of_the_list_is_cut_at_once()
    {
        var bob = await Server.Register("bob");
        var elsewhere = await bob.AtAnotherDevice();
        var other = await elsewhere.Connect();
        (await bob.Http.Delete($"auth/sessions/{other.Hello.Id("sessionId")}")).Ok(204);
        (await other.Closed.Within("the close")).ShouldBe(4403);
        (await elsewhere.Http.Get("auth/me")).Fails(401, "unauthenticated");
    }

    [Fact]
    public async Task A_deleted_room_is_gone_for_all_sockets_when_the_call_returns()
    {
        var (ann, bob, room) = await Pair();
        var live = await bob.Connect();
        await using var load = new Load(ann, room);
        await live.WaitFor(f => f.IsOf(room), "the load");
        (await ann.Http.Delete($"rooms/{room}")).Ok(204);
        (await bob.Http.Get($"rooms/{room}")).Fails(404, "not_found");
        await live.WaitFor(f => f.Type() == "room.removed" && f.Id("roomId") == room, "the news of it");
        await live.Settle();
        var frames = live.Frames.ToList();
        var removed = frames.FindIndex(f => f.Type() == "room.removed" && f.Id("roomId") == room);
        frames.Skip(removed).ShouldNotContain(f => f.IsOf(room));
    }

    [Fact]
    public async Task B6_Five_hundred_requests_during_a_logout_are_none_of_them_accepted_after_it()
    {
        var (ann, bob, room) = await Pair();
        var requests = Enumerable.Range(0, 500)
            .Select(i => bob.Http.Post($"rooms/{room}/messages", new { clientId = $"c{i}", text = $"m{i}" })).ToArray();
        (await bob.Http.Post("auth/logout")).Ok(204);
        var head = await Head(ann, room);
        var answers = await Task.WhenAll(requests);
        answers.ShouldAllBe(a => a.Status == 201 || a.Status == 401);
        answers.Where(a => a.Status == 201).ShouldAllBe(a => a.Json.Seq() <= head);
        (await ann.Events(room, head)).ShouldNotContain(e => e.Id("by") == bob.Id);
    }

    private static async Task<long> Head(Person person, Guid room) => (await person.Http.Get($"rooms/{room}/events?limit=1")).Ok()["lastSeq"].GetInt64();

    private async Task<(Person Ann, Person Bob, Guid Room)> Pair()
    {
        var ann = await Server.Register("ann");
        var bob = await Server.Register("bob");
        return (ann, bob, await ann.CreateRoom("r", "private", bob));
    }

    /// <summary>Sends into a room as fast as the server commits, until disposed.</summary>
    private sealed class Load : IAsyncDisposable
    {
        private readonly CancellationTokenSource stop = new();
        private readonly Task running;
        private long sent;

        public Load(Person person, Guid room) => running = Run(person, room);

        public Task MoreThan(int count)
        {
            var from = Interlocked.Read(ref sent);
            return Deadline.Until(() => Interlocked.Read(ref sent) > from + count || running.IsCompleted, "the load to go on");
        }

        public async ValueTask DisposeAsync()
        {
            await stop.CancelAsync();
            await running;
            stop.Dispose();
        }

        private async Task Run(Person person, Guid room)
        {
            await using var socket = await LiveSocket.Connect(person.Server.Address, SocketCredentials.Bearer(person.AccessToken), keep: true);
            var ok = true;
            while (ok && !stop.IsCancellationRequested)
            {
                var replies = await Task.WhenAll(Enumerable.Range(0, 16).Select(_ =>
                    socket.Ask("message.send", new { roomId = room, clientId = Guid.NewGuid().ToString("N"), text = "load" })));
                ok = replies.All(r => r.IsOk());
                Interlocked.Add(ref sent, replies.Length);
            }
        }
    }
}
