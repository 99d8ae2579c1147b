using ChatMonolith.Messaging.Log;

namespace ChatMonolith.Tests.Messaging;

/// <summary>Ids of messages look and sort like the runtime's own UUIDs of version 7.</summary>
public class MessageIdTests
{
    [Fact]
    public void They_are_UUIDs_of_version_7_of_now_and_no_two_are_alike()
    {
        var before = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        var ids = Enumerable.Range(0, 2_000).Select(_ => MessageIds.Next()).ToArray();
        var after = TimeProvider.System.GetUtcNow().ToUnixTimeMilliseconds();
        ids.Distinct().Count().ShouldBe(ids.Length);
        foreach (var id in ids)
        {
            id.Version.ShouldBe(7);
            (id.Variant & 0xC).ShouldBe(0x8);
            Convert.ToInt64(id.ToString("N")[..12], 16).ShouldBeInRange(before, after);
        }
    }

    [Fact]
    public void Their_random_part_is_new_in_each()
    {
        var parts = Enumerable.Range(0, 1_000).Select(_ => MessageIds.Next().ToString("N")[20..]).ToArray();
        parts.Distinct(StringComparer.Ordinal).Count().ShouldBe(parts.Length);
    }
}
