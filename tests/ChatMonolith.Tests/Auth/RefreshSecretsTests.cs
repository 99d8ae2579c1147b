using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Auth;

public class RefreshSecretsTests
{
    [Fact]
    public void A38_a_successor_follows_from_its_predecessor_and_the_servers_key_only()
    {
        using var folder = new TemporaryFolder();
        using var otherFolder = new TemporaryFolder();
        using var data = new DataFolder(folder["data"]);
        using var otherData = new DataFolder(otherFolder["data"]);
        var token = Secrets.NewToken();
        var successor = new RefreshSecrets(new ServerKeys(data)).Successor(token);
        new RefreshSecrets(new ServerKeys(data)).Successor(token).ShouldBe(successor);
        new RefreshSecrets(new ServerKeys(otherData)).Successor(token).ShouldNotBe(successor);
        RefreshSecrets.IsWellFormed(successor).ShouldBeTrue();
        successor.ShouldNotBe(token);
    }

    [Fact]
    public void A24_every_bit_of_ten_thousand_successors_is_set_in_half_of_them()
    {
        using var folder = new TemporaryFolder();
        using var data = new DataFolder(folder["data"]);
        var secrets = new RefreshSecrets(new ServerKeys(data));
        var counts = new int[256];
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var token = Secrets.NewToken();
        const int rounds = 10_000;
        for (var i = 0; i < rounds; i++)
        {
            token = secrets.Successor(token);
            seen.Add(token).ShouldBeTrue();
            var bytes = System.Buffers.Text.Base64Url.DecodeFromChars(token);
            for (var bit = 0; bit < 256; bit++)
            {
                counts[bit] += (bytes[bit / 8] >> (bit % 8)) & 1;
            }
        }

        // Five standard deviations of a fair coin: 256 bits stay within it in all but one of 7,000 runs.
        counts.ShouldAllBe(c => Math.Abs(c - (rounds / 2)) < 5 * 50);
    }
}
