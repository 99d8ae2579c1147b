using Shouldly;

namespace ChatMonolith.Tests.Harness;

/// <summary>
/// Compares with a text that somebody approved: what others depend on changes by decision only. On a difference the new text lies
/// beside the approved one as <c>.received.txt</c>; <c>CHAT_APPROVE=1</c> approves it.
/// </summary>
public static class Approved
{
    /// <param name="name">The file below the test project, without <c>.approved.txt</c>.</param>
    /// <param name="actual">The text now.</param>
    public static void Matches(string name, string actual)
    {
        var file = Path.Combine(Repository.Root, "tests", "ChatMonolith.Tests", name);
        var approved = file + ".approved.txt";
        var received = file + ".received.txt";
        actual = actual.Trim() + "\n";
        if (Environment.GetEnvironmentVariable("CHAT_APPROVE") == "1")
        {
            File.WriteAllText(approved, actual);
        }

        var expected = File.Exists(approved) ? File.ReadAllText(approved).ReplaceLineEndings("\n") : "";
        if (expected == actual)
        {
            File.Delete(received);
            return;
        }

        File.WriteAllText(received, actual);
        var before = expected.Split('\n').ToHashSet(StringComparer.Ordinal);
        var after = actual.Split('\n').ToHashSet(StringComparer.Ordinal);
        var difference = after.Where(l => !before.Contains(l)).Select(l => "+ " + l).Concat(before.Where(l => !after.Contains(l)).Select(l => "- " + l));
        throw new ShouldAssertException($"{name} differs from what was approved. If it shall be so, run with CHAT_APPROVE=1.\n{string.Join('\n', difference)}");
    }
}
