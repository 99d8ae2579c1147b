using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Cluster;

/// <summary>Rights that end while the word of it cannot be heard: by a node that hangs, and from one that dies before it has said it.</summary>
[Collection(SeveralNodes.Name)]
public sealed class ClusterLostWordTests(ClusterFixture fixture)
{
    private ServerCluster Cluster => fixture.Cluster;

    [Fact]
    public async Task I9_What_a_killed_node_had_no_time_to_say_ends_on_the_others_too()
    {
        await Cluster.MakeWhole();
        await using var boss = await Boss();
        await using var leaver = await Cluster[0].Register("Leaver");
        await using var bossThere = await KnownThere(boss, "admin/users");
        await using var leaverThere = await KnownThere(leaver, "auth/me");

        // Both are committed, and nobody is told: the calls never return.
        Cluster.WayOf(0).IsMute = true;
        var logout = leaver.Http.Post("auth/logout");
        var demotion = fixture.Owner.Http.Patch($"admin/users/{boss.Id}", new { role = "member" });
        await Cluster.IsTrue("SELECT EXISTS (SELECT 1 FROM auth_sessions WHERE account_id = $1 AND ended_at IS NOT NULL)", leaver.Id, "the logout to be committed");
        await Cluster.IsTrue("SELECT EXISTS (SELECT 1 FROM auth_accounts WHERE id = $1 AND role = 0)", boss.Id, "the demotion to be committed");
        (logout.IsCompleted || demotion.IsCompleted).ShouldBeFalse("the others have not been told");
        await Cluster.Kill9(0);

        await Deadline.Until(async () => (await leaverThere.Http.Get("auth/me")).Status == 401, "the ended session to be refused at another node");
        await Deadline.Until(async () => (await bossThere.Http.Get("admin/users")).Status == 403, "the former admin to be refused at another node");
        await Should.ThrowAsync<HttpRequestException>(logout);
        await Should.ThrowAsync<HttpRequestException>(demotion);
        await Cluster.MakeWhole();
    }

    [Fact]
    public async Task I9_A_node_that_hung_while_an_admin_became_a_member_and_a_session_ended_grants_nothing_when_it_goes_on()
    {
        await Cluster.MakeWhole();
        await using var boss = await Boss();
        await using var leaver = await Cluster[0].Register("Leaver");
        await using var bossThere = await KnownThere(boss, "admin/users");
        await using var leaverThere = await KnownThere(leaver, "auth/me");
        Cluster.Stop(1);
        (await fixture.Owner.Http.Patch($"admin/users/{boss.Id}", new { role = "member" })).Ok(200);
        (await leaver.Http.Post("auth/logout")).Ok(204);
        Cluster.Continue(1);

        // From its first breath on: it may have nothing to say for a while, but never that they may.
        await Deadline.Until(async () => await Refuses(bossThere, "admin/users", 403) & await Refuses(leaverThere, "auth/me", 401), "the node to serve again");
        await ServerCluster.BecomesReady(Cluster[1]);
    }

    /// <summary>The same session at node 1, which has it in memory from here on.</summary>
    private async Task<Person> KnownThere(Person person, string path)
    {
        var there = person.Through(Cluster[1].Address);
        (await there.Http.Get(path)).Ok(200);
        return there;
    }

    /// <returns>Whether it does by now; false while the node serves nobody.</returns>
    private static async Task<bool> Refuses(Person person, string path, int status)
    {
        var answer = await person.Http.Get(path);
        answer.Status.ShouldBeOneOf(status, 503);
        return answer.Status == status;
    }

    /// <summary>An admin, logged in at node 0.</summary>
    private async Task<Person> Boss()
    {
        await fixture.Owner.LogIn();
        var boss = await Cluster[0].Register("Boss");
        (await fixture.Owner.Http.Patch($"admin/users/{boss.Id}", new { role = "admin" })).Ok(200);
        await boss.LogIn();
        return boss;
    }
}
