using ChatMonolith.Backups.Format;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Backups;

/// <summary>The key that a server's backups are signed with.</summary>
public sealed class SigningKeyTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public async Task Whoever_asks_first_at_the_same_time_gets_the_one_key()
    {
        using var together = new Barrier(8);
        var keys = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Factory.StartNew(
            () =>
            {
                together.SignalAndWait();
                using var key = SigningKey.Own(folder.Root);
                return key.Public.Fingerprint;
            },
            TestContext.Current.CancellationToken,
            TaskCreationOptions.LongRunning,
            TaskScheduler.Default)));
        keys.Distinct().ShouldHaveSingleItem();
        Directory.GetFiles(folder.Root).Select(Path.GetFileName).ShouldBe([SigningKey.FileName, SigningKey.PublicFileName], ignoreOrder: true);
    }

    [Fact]
    public void The_published_half_is_that_of_the_key_that_signs_after_it_was_exchanged_too()
    {
        using var first = SigningKey.Own(folder.Root);
        File.Delete(folder[SigningKey.FileName]);
        using var second = SigningKey.Own(folder.Root);
        second.Public.Fingerprint.ShouldNotBe(first.Public.Fingerprint);
        SigningKey.Verifier.Parse(File.ReadAllText(folder[SigningKey.PublicFileName])).Fingerprint.ShouldBe(second.Public.Fingerprint);
    }

    [Fact]
    public void Another_process_that_was_first_is_not_overwritten()
    {
        File.WriteAllText(folder["key"], "the other's");
        WholeFile.WriteFirst(folder["key"], "mine"u8).ShouldBeFalse();
        File.ReadAllText(folder["key"]).ShouldBe("the other's");
        Directory.GetFiles(folder.Root).ShouldHaveSingleItem();
    }
}
