namespace ChatMonolith.Tests.Harness;

/// <summary>The programs below <c>tests/Storage</c>, whose packages are installed by the first test that needs one.</summary>
public static class NodePrograms
{
    private static readonly Lazy<Task<string>> Installed = new(Install);

    public static async Task<ChildProcess> Start(string program, params string[] arguments)
    {
        var folder = await Installed.Value;
        return ChildProcess.Start("node", [Path.Combine(folder, program), .. arguments], workingDirectory: folder);
    }

    private static async Task<string> Install()
    {
        var folder = Path.Combine(Repository.Root, "tests", "Storage");
        var stamp = Path.Combine(folder, "node_modules", ".package-lock.json");
        if (!File.Exists(stamp) || File.GetLastWriteTimeUtc(stamp) < File.GetLastWriteTimeUtc(Path.Combine(folder, "package-lock.json")))
        {
            await ChildProcess.Run("npm", "ci", "--prefix", folder);
        }

        return folder;
    }
}
