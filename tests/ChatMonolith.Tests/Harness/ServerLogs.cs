using System.Collections.Concurrent;

namespace ChatMonolith.Tests.Harness;

/// <summary>What the servers have written, for a failed test to be understood.</summary>
public static class ServerLogs
{
    private const int MostEntries = 25;
    private const int MostCharacters = 1_500;
    private static readonly ConcurrentDictionary<int, ChildProcess> Running = new();

    /// <summary>The one that listens at a port from now on.</summary>
    public static void Follow(int port, ChildProcess process) => Running[port] = process;

    /// <summary>What the server at the port has written last that is no news of good times; empty for none of ours.</summary>
    public static string WarningsOf(int port) => Running.TryGetValue(port, out var process) ? Warnings(process.Output) : "";

    /// <param name="output">A server's log.</param>
    public static string Warnings(string output)
    {
        // A line of its own begins each entry; what follows is indented.
        var entries = output.Split("\n").Aggregate(new List<string>(), (all, line) =>
        {
            if (all.Count == 0 || !line.StartsWith(' '))
            {
                all.Add(line);
            }
            else if (all[^1].Length < MostCharacters)
            {
                all[^1] += "\n" + line;
            }

            return all;
        });
        return string.Join('\n', entries.Where(e => !e.StartsWith("info:", StringComparison.Ordinal)).GroupBy(e => e, StringComparer.Ordinal).Select(g => $"{g.Count()} × {g.Key}").TakeLast(MostEntries));
    }
}
