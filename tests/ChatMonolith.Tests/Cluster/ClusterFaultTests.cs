using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Cluster;

/// <summary>
/// Three nodes, PostgreSQL, S3 and HAProxy as real processes; thirty clients talk through the balancer while a fault goes on, and a checker
/// judges what they were told against what every node has afterwards (hardening C15, C16, C20; I1 to I11). CI takes a few seconds of each
/// fault, <c>CHAT_DEEP=1</c> (tools/cluster) many rounds.
/// </summary>
[Collection(SeveralNodes.Name)]
public sealed class ClusterFaultTests(ClusterFixture fixture)
{
    private readonly Dice dice = Dice.FromEnvironment();

    private ServerCluster Cluster => fixture.Cluster;

    private static int Rounds(int usual, int deep) => Depth.IsDeep ? deep : usual;

    [Fact]
    public async Task C15_In_calm_weather_all_nodes_have_one_log_and_every_file()
    {
        await using var load = await ClusterLoad.Start(fixture, dice);
        for (var i = 0; i < 10; i++)
        {
            (await load.Upload(i)).Ok(201);
        }

        await load.GoesOn(Rounds(5, 100));
        await load.Judge("calm");
    }

    [Fact]
    public async Task C15_A_killed_node_loses_and_doubles_nothing_and_its_people_go_on_elsewhere()
    {
        await using var load = await ClusterLoad.Start(fixture, dice);
        for (var round = 0; round < Rounds(2, 40); round++)
        {
            var node = dice.Next(ServerCluster.Nodes);
            await load.Upload(round % ClusterFixture.People);
            var since = ClusterLoad.Now();
            await Cluster.Kill9(node);
            await load.AllAreBack(since, $"node {node} was killed");
            await Cluster.Start(node);
            await load.AllAreBack(ClusterLoad.Now(), $"node {node} was started again");
        }

        await load.Judge("SIGKILL");
    }

    [Fact]
    public async Task C15_A_node_that_hangs_for_longer_than_its_lease_hands_out_nothing_stale_and_recovers()
    {
        await using var load = await ClusterLoad.Start(fixture, dice, commitsFail: true);
        for (var round = 0; round < Rounds(1, 20); round++)
        {
            var node = dice.Next(ServerCluster.Nodes);
            var since = ClusterLoad.Now();
            Cluster.Stop(node);
            await load.AllAreBack(since, $"node {node} was stopped");
            await Cluster.IsTakenForDead(node);
            since = ClusterLoad.Now();
            Cluster.Continue(node);
            await load.AllAreBack(since, $"node {node} went on");
            await ServerCluster.BecomesReady(Cluster[node]);
        }

        await load.Judge("SIGSTOP and SIGCONT");
    }

    [Fact]
    public async Task C15_A_node_that_hangs_for_less_than_its_lease_goes_on_as_if_nothing_had_been()
    {
        await using var load = await ClusterLoad.Start(fixture, dice);
        for (var round = 0; round < Rounds(3, 60); round++)
        {
            var node = dice.Next(ServerCluster.Nodes);
            await Cluster.HangsUntil(node, left: TimeSpan.FromMilliseconds(900 + dice.Next(1000)));
            var since = ClusterLoad.Now();
            await load.AllAreBack(since, $"node {node} went on");
        }

        await load.Judge("short SIGSTOP and SIGCONT");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task C15_A_node_cut_off_from_PostgreSQL_lets_go_of_its_people_and_comes_back(bool isSilent)
    {
        await using var load = await ClusterLoad.Start(fixture, dice, commitsFail: true);
        for (var round = 0; round < Rounds(1, 15); round++)
        {
            var node = dice.Next(ServerCluster.Nodes);
            var since = ClusterLoad.Now();
            if (isSilent)
            {
                Cluster.StallDatabase(node);
            }
            else
            {
                Cluster.CutFromDatabase(node);
            }

            await load.AllAreBack(since, $"node {node} was cut off");
            since = ClusterLoad.Now();
            Cluster.Heal(node);
            await load.AllAreBack(since, $"node {node} was healed");
            await ServerCluster.BecomesReady(Cluster[node]);
        }

        await load.Judge(isSilent ? "cut off in silence" : "cut off");
    }

    [Fact]
    public async Task C15_Lost_notifications_are_made_up_for()
    {
        await using var load = await ClusterLoad.Start(fixture, dice);
        var before = Lost();
        for (var i = 0; i < ServerCluster.Nodes; i++)
        {
            Cluster.WayOf(i).LostInHundred = 30;
        }

        await Deadline.Until(() => Lost() > before + 10, "some to be lost", TimeSpan.FromSeconds(60));
        await load.GoesOn(Rounds(5, 200));
        Lost().ShouldBeGreaterThan(before + 10, "the fault took place");

        // Still lost while the checker waits for the last entries to be heard.
        await load.Judge("notifications lost");
    }

    [Fact]
    public async Task C16_PostgreSQL_restarted_in_immediate_mode_loses_and_doubles_nothing()
    {
        await using var load = await ClusterLoad.Start(fixture, dice, commitsFail: true);
        for (var round = 0; round < Rounds(2, 50); round++)
        {
            await load.GoesOn(dice.Next(3));
            await Cluster.Postgres.RestartImmediately();
            await load.AllAreBack(ClusterLoad.Now(), $"PostgreSQL was restarted ({round + 1})");
        }

        await load.Judge("PostgreSQL restarted");
    }

    [Fact]
    public async Task C15_A_restarted_balancer_costs_nothing_but_a_reconnect()
    {
        await using var load = await ClusterLoad.Start(fixture, dice);
        for (var round = 0; round < Rounds(2, 20); round++)
        {
            await Cluster.Balancer.Restart();
            await load.AllAreBack(ClusterLoad.Now(), "HAProxy was restarted");
        }

        await load.Judge("HAProxy restarted");
    }

    [Fact]
    public async Task C20_A_node_that_is_told_to_stop_sends_its_people_elsewhere_and_loses_nothing()
    {
        await using var load = await ClusterLoad.Start(fixture, dice);
        for (var round = 0; round < Rounds(1, 15); round++)
        {
            var node = dice.Next(ServerCluster.Nodes);
            await using var direct = fixture.Owner.Through(Cluster[node].Address);
            await using var live = await LiveSocket.Connect(Cluster[node].Address, SocketCredentials.Bearer(direct.AccessToken));
            var since = ClusterLoad.Now();
            (await Cluster.Terminate(node)).ShouldBe(0, Cluster[node].Output);
            TimeProvider.System.GetElapsedTime(since).ShouldBeLessThan(Depth.Seconds(10));
            live.Frames.ShouldContain(f => f.Type() == "goaway");
            (await live.Closed.Within("the close")).ShouldBe(1001);
            await load.AllAreBack(since, $"node {node} was told to stop");
            await Cluster.Start(node);
        }

        load.Clients.OfType<ClusterSocketClient>().Sum(c => c.Moves).ShouldBeGreaterThan(0, "some were asked to move, and did");
        await load.Judge("SIGTERM");
    }

    [Fact]
    public async Task C15_Faults_one_after_the_other_lose_and_double_nothing()
    {
        await using var load = await ClusterLoad.Start(fixture, dice, commitsFail: true);
        for (var round = 0; round < Rounds(3, 100); round++)
        {
            var node = dice.Next(ServerCluster.Nodes);
            var since = ClusterLoad.Now();
            var what = await Fault(dice.Next(6), node);
            await load.AllAreBack(since, what);
            await Cluster.MakeWhole();
            await load.AllAreBack(ClusterLoad.Now(), $"{what}, and made whole");
            await load.Upload(dice.Next(ClusterFixture.People));
        }

        await load.Judge("faults at random");
    }

    private async Task<string> Fault(int kind, int node)
    {
        switch (kind)
        {
            case 0:
                await Cluster.Kill9(node);
                return $"node {node} was killed";
            case 1:
                Cluster.Stop(node);
                return $"node {node} was stopped";
            case 2:
                Cluster.CutFromDatabase(node);
                return $"node {node} was cut off";
            case 3:
                Cluster.StallDatabase(node);
                return $"node {node} was cut off in silence";
            case 4:
                await Cluster.Balancer.Restart();
                return "HAProxy was restarted";
            default:
                Cluster.WayOf(node).LostInHundred = 100;
                return $"node {node} hears nothing";
        }
    }

    private int Lost() => Enumerable.Range(0, ServerCluster.Nodes).Sum(i => Cluster.WayOf(i).Dropped);
}
