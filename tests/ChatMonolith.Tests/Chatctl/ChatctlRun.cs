using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Chatctl;

/// <summary>One run of the real chatctl, to its end.</summary>
/// <param name="ExitCode">0 done, 1 a broken promise, 2 refused.</param>
/// <param name="Output">Both streams.</param>
internal sealed record ChatctlRun(int ExitCode, string Output)
{
    public IEnumerable<string> Lines => Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public static Task<ChatctlRun> Run(params string[] arguments) => Run(new Dictionary<string, string>(StringComparer.Ordinal), "", arguments);

    /// <summary>Works on the data of a server that is stopped.</summary>
    public static Task<ChatctlRun> On(RunningServer server, string input, string command, params string[] arguments) =>
        Run(Settings(server), input, [command, "--data", server.DataFolder, .. arguments]);

    /// <summary>As above, for a command of a command.</summary>
    public static Task<ChatctlRun> Within(RunningServer server, string command, string subcommand, params string[] arguments) =>
        Run(Settings(server), "", [command, subcommand, "--data", server.DataFolder, .. arguments]);

    /// <summary>With the settings of a server, running or not.</summary>
    public static Task<ChatctlRun> Beside(RunningServer server, string input, params string[] arguments) => Run(Settings(server), input, arguments);

    /// <summary>With these settings alone.</summary>
    public static Task<ChatctlRun> With(IReadOnlyDictionary<string, string> settings, params string[] arguments) => Run(new Dictionary<string, string>(settings, StringComparer.Ordinal), "", arguments);

    /// <summary>With the settings of a server, all arguments as they are.</summary>
    public static Task<ChatctlRun> Run(RunningServer server, params string[] arguments) => Run(Settings(server), "", arguments);

    /// <summary>Begun, and the caller's to end.</summary>
    public static ChildProcess Begin(RunningServer server, params string[] arguments) => ChildProcess.Start("dotnet", [Repository.ChatctlBinary, .. arguments], Settings(server));

    public ChatctlRun Succeeds() => ExitCode == 0 ? this : throw new InvalidOperationException($"chatctl failed with {ExitCode}: {Output}");

    /// <summary>Refused in one line that holds <paramref name="text"/>.</summary>
    public void Refuses(string text)
    {
        ExitCode.ShouldBe(2, Output);
        Lines.ShouldHaveSingleItem().ShouldStartWith("chatctl: ");
        Output.ShouldContain(text);
    }

    private static Dictionary<string, string> Settings(RunningServer server)
    {
        var settings = new Dictionary<string, string>(StringComparer.Ordinal) { ["Database__Provider"] = server.Engine.ToString() };
        if (server.Engine is Engine.PostgreSql)
        {
            settings["ConnectionStrings__Default"] = server.ConnectionString;
        }

        foreach (var (key, value) in server.Settings.Where(s => s.Key.StartsWith("Backup__", StringComparison.Ordinal) || s.Key.StartsWith("Storage__", StringComparison.Ordinal) || s.Key == "Database__AcceptChanges"))
        {
            settings[key] = value;
        }

        return settings;
    }

    private static async Task<ChatctlRun> Run(Dictionary<string, string> environment, string input, string[] arguments)
    {
        await using var child = ChildProcess.Start("dotnet", [Repository.ChatctlBinary, .. arguments], environment);
        await child.Type(input);
        var code = await child.Exited(TimeSpan.FromMinutes(2));
        return new ChatctlRun(code, child.Output);
    }
}
