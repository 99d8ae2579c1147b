using System.Diagnostics;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Cluster;

/// <summary>Two of the nodes, without a balancer: what is promised on one socket holds whichever of them somebody talks to.</summary>
[Collection(SeveralNodes.Name)]
public sealed class TwoNodesTests(ClusterFixture fixture) : IAsyncDisposable
{
    private readonly List<Person> people = [];

    private RunningServer First => fixture.Cluster[0];

    private RunningServer Second => fixture.Cluster[1];

    [Fact]
    public async Task What_is_said_on_one_node_is_heard_on_the_other_in_one_order_and_both_have_the_same_log()
    {
        var (ann, bob, room) = await Pair();
        var (hears, says) = (await bob.Connect(), await ann.Connect());
        for (var i = 0; i < 20; i++)
        {
            var (who, other) = i % 2 == 0 ? (ann, bob) : (bob, ann);
            await who.Say(room, $"line {i}");
            await other.Sees($"line {i}");
        }

        await Deadline.Until(() => Seqs(hears, room).Count >= 20 && Seqs(says, room).Count >= 20, "both to hear all");
        Seqs(hears, room).ShouldBe(Seqs(says, room));
        var (there, here) = (await bob.Events(room), await ann.Events(room));
        there.Select(e => e.GetRawText()).ShouldBe(here.Select(e => e.GetRawText()));
        there.Select(e => e.Seq()).ShouldBe(Enumerable.Range(1, there.Count).Select(n => (long)n));
    }

    [Fact]
    public async Task A_repeat_on_another_node_is_the_same_message()
    {
        var (ann, bob, room) = await Pair();
        var bobHere = await Person.Known(First, bob);
        var all = await Task.WhenAll(Enumerable.Range(0, 40).Select(i => (i % 2 == 0 ? bob : bobHere).Post(room, $"text {i / 4}", $"id-{i / 4}")));
        all.GroupBy(m => m.GetProperty("clientId").GetString()).Count().ShouldBe(10);
        all.Select(m => m.Id()).Distinct().Count().ShouldBe(10);
        (await ann.History(room)).Count(m => m.GetProperty("clientId").GetString()!.StartsWith("id-", StringComparison.Ordinal)).ShouldBe(10);
        await bobHere.DisposeAsync();
    }

    [Fact]
    public async Task Who_is_removed_on_one_node_hears_reads_and_writes_nothing_more_on_the_other()
    {
        var (ann, bob, room) = await Pair();
        var live = await bob.Connect();
        var sending = new Repeating(() => bob.Http.Post($"rooms/{room}/messages", new { clientId = Guid.NewGuid().ToString("N"), text = "from bob" }));
        await Deadline.Until(() => live.Frames.Count(f => f.IsOf(room)) > 5, "the load");
        await ann.Remove(room, bob);
        (await bob.Http.Get($"rooms/{room}/messages")).Fails(404, "not_found");
        var head = (await ann.Post(room, "without bob")).Seq();
        for (var i = 0; i < 20; i++)
        {
            await ann.Post(room, $"more {i}");
        }

        (await sending.Stop()).ShouldNotContain(a => a.Status >= 500);
        await live.Settle();
        live.Frames.ShouldNotContain(f => f.IsOf(room) && f.Seq() >= head);
        await live.WaitFor(f => f.Type() == "room.removed", "the person's own log to say it");
        (await ann.Events(room, head - 1)).ShouldNotContain(e => e.Id("by") == bob.Id);
    }

    [Fact]
    public async Task Who_comes_in_on_one_node_hears_the_room_on_the_other_at_once()
    {
        var (ann, bob, _) = await Pair();
        await bob.Connect();
        var second = await ann.CreateRoom("second", "private", bob);
        await ann.Post(second, "welcome");
        await bob.Sees("welcome");
        await bob.Say(second, "thanks");
    }

    [Fact]
    public async Task What_a_killed_node_had_acknowledged_is_heard_on_the_other_and_its_people_go_on_there()
    {
        var (ann, bob, room) = await Pair();
        var live = await bob.Connect();
        var sent = new List<string>();
        for (var i = 0; i < 10; i++)
        {
            sent.Add($"before {i}");
            await ann.Post(room, sent[^1]);
        }

        await First.Kill9();
        foreach (var text in sent)
        {
            await bob.Sees(text);
        }

        await using var annThere = await Person.Known(Second, ann);
        await annThere.Post(room, "from the other node");
        await bob.Sees("from the other node");
        await First.Restart();
        await ann.Post(room, "and back");
        await bob.Sees("and back");
        Seqs(live, room).ShouldBe(Seqs(live, room).Order());
    }

    [Fact]
    public async Task A_node_that_hangs_holds_nobody_up_for_long_and_hands_out_nothing_stale_when_it_goes_on()
    {
        var (ann, bob, room) = await Pair();
        var live = await bob.Connect();
        await ann.Post(room, "before");
        await bob.Sees("before");
        fixture.Cluster.Stop(1);
        var began = Stopwatch.StartNew();
        await ann.Remove(room, bob);
        began.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(30), "a lease, and the time to see that it is over");
        await ann.Post(room, "without bob");
        fixture.Cluster.Continue(1);
        await live.Closed.Within("the socket of the node that was taken for dead to be cut off");
        live.Frames.ShouldNotContain(f => f.Type() == "message.created" && f.GetProperty("message").Text() == "without bob");
        await Deadline.Until(Second.IsReady, "the node to begin anew");
        (await bob.Http.Get($"rooms/{room}/messages")).Fails(404, "not_found");
        var again = await bob.Connect();
        await ann.Add(room, bob);
        await ann.Post(room, "with bob again");
        await bob.Sees("with bob again");
        again.Frames.ShouldNotContain(f => f.Type() == "message.created" && f.GetProperty("message").Text() == "without bob");
    }

    [Fact]
    public async Task Who_logs_out_on_one_node_is_cut_off_on_the_other_before_the_call_returns()
    {
        var (ann, bob, room) = await Pair();
        var live = await bob.Connect();
        using var elsewhere = new HttpCaller(First.Address) { AccessToken = bob.AccessToken };
        (await elsewhere.Get("auth/me")).Ok();
        (await elsewhere.Post("auth/logout")).Ok(204);
        (await bob.Http.Get("auth/me")).Fails(401, "unauthenticated");
        await ann.Post(room, "after the logout");
        (await live.Closed.Within("the close")).ShouldBe(4403);
        live.Frames.ShouldNotContain(f => f.Type() == "message.created" && f.GetProperty("message").Text() == "after the logout");
    }

    [Fact]
    public async Task A_ticket_of_one_node_opens_one_socket_on_another()
    {
        var (_, bob, _) = await Pair();
        using var elsewhere = new HttpCaller(First.Address) { AccessToken = bob.AccessToken };
        var ticket = (await elsewhere.Post("auth/ws-ticket")).Ok()["ticket"].GetString()!;
        await using (var socket = await LiveSocket.Connect(Second.Address, SocketCredentials.Ticket(ticket)))
        {
            await socket.Settle();
        }

        await Should.ThrowAsync<Exception>(() => LiveSocket.Connect(First.Address, SocketCredentials.Ticket(ticket)));
    }

    [Fact]
    public async Task Who_is_on_one_node_is_seen_on_the_other_and_leaves_with_it()
    {
        var (ann, bob, room) = await Pair();
        var watching = await ann.Connect();
        await watching.Do("presence.watch", new { userIds = new[] { bob.Id } });
        var live = await bob.Connect();
        await watching.WaitFor(f => f.Type() == "presence" && f.Word("status") == "online", "bob to be online");
        await live.Do("typing", new { roomId = room, on = true });
        await watching.WaitFor(f => f.Type() == "typing" && f.Id("userId") == bob.Id && f.GetProperty("on").GetBoolean(), "bob to type");
        await watching.WaitFor(f => f.Type() == "typing" && f.Id("userId") == bob.Id && !f.GetProperty("on").GetBoolean(), "the typing to end by itself");
        await live.Do("presence.set", new { status = "busy" });
        await watching.WaitFor(f => f.Type() == "presence" && f.Word("status") == "busy", "bob to be busy");
        await Second.Kill9();
        await watching.WaitFor(f => f.Type() == "presence" && f.Word("status") == "offline", "bob to leave with his node");
    }

    private static List<long> Seqs(LiveSocket socket, Guid room) => [.. socket.Frames.Where(f => f.IsOf(room)).Select(f => f.Seq())];

    /// <summary>Ann on the first node, Bob on the second, and a room of theirs.</summary>
    private async Task<(Person Ann, Person Bob, Guid Room)> Pair()
    {
        await fixture.Cluster.MakeWhole();
        var ann = await First.Register("Ann");
        await using var bobHere = await First.Register("Bob");
        var bob = await Person.Known(Second, bobHere);
        people.AddRange([ann, bob]);
        return (ann, bob, await ann.CreateRoom("work", "private", bob));
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var person in people)
        {
            await person.DisposeAsync();
        }
    }
}
