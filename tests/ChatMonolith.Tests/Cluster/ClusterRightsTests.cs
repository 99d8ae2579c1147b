using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Cluster;

/// <summary>
/// A right that ends on one node ends on all, before the call returns: also while everybody sends, and when the node on which the person's
/// socket is hangs or has lost its way to the database (I9; hardening A43, A27, A29, C15). And who is here is known on all nodes.
/// </summary>
[Collection(SeveralNodes.Name)]
public sealed class ClusterRightsTests(ClusterFixture fixture)
{
    /// <summary>A second for the node to answer, its lease, and what a busy machine takes.</summary>
    private static readonly TimeSpan CallLimit = Depth.Seconds(7);
    private readonly Dice dice = Dice.FromEnvironment();

    private ServerCluster Cluster => fixture.Cluster;

    [Fact]
    public async Task I9_Removal_logout_and_a_new_password_end_on_all_nodes_before_the_call_returns_while_all_are_sending()
    {
        await using var load = await ClusterLoad.Start(fixture, dice, fenced: [1, 2, 0]);
        var remover = fixture.Owner;
        var shutOut = ShutOut();
        await remover.Remove(load.RoomsOf(0)[0], load.PersonOf(0));
        load.Fenced(0, load.RoomsOf(0)[0]);

        // On another node than the one that has its socket.
        await using var leaver = load.PersonOf(1).Through(Cluster[0].Address);
        (await leaver.Http.Post("auth/logout")).Ok(204);
        load.Fenced(1, load.RoomsOf(1));
        foreach (var node in Cluster.All)
        {
            await using var there = leaver.Through(node.Address);
            (await there.Http.Get("auth/me")).Fails(401, "unauthenticated");
        }

        await ChangePassword(2, on: 1);
        load.Fenced(2, load.RoomsOf(2));
        ShutOut().ShouldBe(shutOut, "nothing hangs, so each node has answered");
        await load.GoesOn(5);
        await load.Judge("rights end");
    }

    [Fact]
    public Task I9_A_right_ends_on_a_node_that_hangs_too_and_the_call_does_not_wait_for_long() =>
        EndsWhile("hangs", () => Cluster.Stop(1), () => Cluster.Continue(1));

    [Fact]
    public Task I9_A_right_ends_on_a_node_that_has_lost_its_way_to_the_database_too() =>
        EndsWhile("is cut off", () => Cluster.StallDatabase(1), () => Cluster.Heal(1));

    [Fact]
    public async Task C15_Who_was_on_a_killed_node_alone_is_offline_when_its_lease_is_over()
    {
        await Cluster.MakeWhole();
        await using var there = await Cluster[1].Register("Lone");
        await using var both = await Cluster[1].Register("Double");
        var room = await fixture.Owner.CreateRoom("presence", "private", there, both);
        await using var lone = await LiveSocket.Connect(Cluster[1].Address, SocketCredentials.Bearer(there.AccessToken));
        await using var one = await LiveSocket.Connect(Cluster[1].Address, SocketCredentials.Bearer(both.AccessToken));
        await using var other = await LiveSocket.Connect(Cluster[2].Address, SocketCredentials.Bearer(both.AccessToken));
        await ShowsOnAll(there, "online", 0, 1, 2);
        await ShowsOnAll(both, "online", 0, 1, 2);
        await Cluster.Kill9(1);
        await ShowsOnAll(there, "offline", 0, 2);
        (await fixture.Owner.Http.Get($"users/{both.Id}/presence")).Ok(200)["status"].GetString().ShouldBe("online", "they are on another node too");
        await fixture.Owner.Post(room, "still here");
        await other.WaitFor(f => f.IsOf(room) && f.Type() == "message.created", "the message");
        await Cluster.Start(1);
    }

    /// <summary>How often a node had another one taken for dead.</summary>
    private int ShutOut() => Cluster.All.Sum(n => n.Output.Split('\n').Count(line => line.Contains("Shut out", StringComparison.Ordinal)));

    private async Task EndsWhile(string what, Action fault, Action heal)
    {
        await using var load = await ClusterLoad.Start(fixture, dice, commitsFail: true, fenced: [1, 1, 1]);
        fault();
        try
        {
            var began = ClusterLoad.Now();
            var removal = fixture.Owner.Remove(load.RoomsOf(0)[0], load.PersonOf(0));
            await using var leaver = load.PersonOf(1).Through(Cluster[0].Address);
            var logout = leaver.Http.Post("auth/logout");
            var change = ChangePassword(2, on: 2);
            await removal.Within("the removal");
            load.Fenced(0, load.RoomsOf(0)[0]);
            (await logout.Within("the logout")).Ok(204);
            load.Fenced(1, load.RoomsOf(1));
            await change.Within("the new password");
            load.Fenced(2, load.RoomsOf(2));
            TimeProvider.System.GetElapsedTime(began).ShouldBeLessThan(CallLimit);
            await load.GoesOn(2);
        }
        finally
        {
            heal();
        }

        var since = ClusterLoad.Now();
        await ServerCluster.BecomesReady(Cluster[1]);
        await load.AllAreBack(since, "the node came back");
        await load.GoesOn(3);
        await load.Judge($"rights end while a node {what}");
    }

    /// <summary>From another of the person's sessions, which goes on.</summary>
    private async Task ChangePassword(int client, int on)
    {
        var person = fixture.Clients[client];
        await using var there = person.Through(Cluster[on].Address);
        var next = $"a wholly other phrase {dice.NextBits()}";
        (await there.Http.Post("auth/password/change", new { currentPassword = person.Password, newPassword = next })).Ok(204);
        person.Password = next;
    }

    private async Task ShowsOnAll(Person person, string status, params int[] nodes)
    {
        foreach (var node in nodes)
        {
            await using var there = fixture.Owner.Through(Cluster[node].Address);
            await Deadline.Until(async () => (await there.Http.Get($"users/{person.Id}/presence")).Ok(200)["status"].GetString() == status, $"{person.Username} to be {status} on node {node}");
        }
    }
}
