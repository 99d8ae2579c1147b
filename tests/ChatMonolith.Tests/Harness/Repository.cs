using System.Reflection;

namespace ChatMonolith.Tests.Harness;

/// <summary>Where the sources and the server's own build lie.</summary>
public static class Repository
{
    public static string Root { get; } = Metadata("Repository");

    /// <summary>What <c>CHAT_SERVER_BINARY</c> names (tools/test: the server as tools/run has it, compiled ahead of time), or the build's own.</summary>
    public static string ServerBinary { get; } = Environment.GetEnvironmentVariable("CHAT_SERVER_BINARY") is { Length: > 0 } named ? named : Metadata("ServerBinary");

    public static string ChatctlBinary => Metadata("ChatctlBinary");

    /// <summary>The files below a folder of the repository, without what a build or npm made.</summary>
    public static IEnumerable<string> Files(string folder, string pattern)
    {
        var root = Path.Combine(Root, folder);
        return Directory.Exists(root)
            ? Directory.EnumerateFiles(root, pattern, SearchOption.AllDirectories)
                .Where(f => !Path.GetRelativePath(Root, f).Split('/', '\\').Any(part => part is "bin" or "obj" or "node_modules" or "artifacts"))
            : [];
    }

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(a => a.Key == key).Value!;
}
