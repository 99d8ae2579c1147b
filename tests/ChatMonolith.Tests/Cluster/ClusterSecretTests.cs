using System.Security.Cryptography;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Cluster;

/// <summary>Who may become a node: who has the nodes' secret, and no other server's folder.</summary>
[Collection(SeveralNodes.Name)]
public sealed class ClusterSecretTests(ClusterFixture fixture)
{
    private ServerCluster Cluster => fixture.Cluster;

    [Fact]
    public async Task A105_A_node_with_another_secret_is_refused_and_so_is_one_in_another_servers_folder()
    {
        await Cluster.MakeWhole();
        await using (var stranger = Cluster.Another(("Nodes__Secret", "not what the other nodes have in common")))
        {
            stranger.Launch();
            (await stranger.Process.Exited()).ShouldNotBe(0);
            stranger.Output.ShouldContain("Nodes:Secret is not the one");
        }

        await using var another = Cluster.Another();
        Directory.CreateDirectory(another.DataFolder);
        var own = RandomNumberGenerator.GetBytes(32);
        await File.WriteAllBytesAsync(Path.Combine(another.DataFolder, ServerKeys.FileName), own, TestContext.Current.CancellationToken);
        another.Launch();
        (await another.Process.Exited()).ShouldNotBe(0);
        another.Output.ShouldContain("is not the one that the nodes of this database have in common");
        SecretOf(another).ShouldBe(own, "nothing that was sealed with it is lost");

        // The same in an empty folder is a node.
        File.Delete(Path.Combine(another.DataFolder, ServerKeys.FileName));
        await another.Restart();
        SecretOf(another).ShouldBe(SecretOf(Cluster[0]));
        await using var there = fixture.Owner.Through(another.Address);
        (await there.Http.Get("auth/me")).Ok(200);
        (await another.Stop()).ShouldBe(0);
    }

    private static byte[] SecretOf(RunningServer node) => File.ReadAllBytes(Path.Combine(node.DataFolder, ServerKeys.FileName));
}
