using System.Globalization;
using System.Net;

namespace ChatMonolith.Tests.Harness;

public enum Engine
{
    Sqlite,
    PostgreSql,
}

/// <summary>
/// The real server binary as a process of its own, on a free port, with its own data folder and database. It can be killed and
/// started again on the same data and address.
/// </summary>
public sealed class RunningServer : IAsyncDisposable
{
    /// <summary>For a test of what hashing costs.</summary>
    public static readonly (string Key, string Value) HashingAsForPeople = ("Auth__PasswordIterations", "210000");
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly TemporaryFolder folder = new();
    private readonly Dictionary<string, string> environment;
    private readonly string? connectionString;
    private bool isGuest;
    private int people;
    private ChildProcess? process;

    private RunningServer(Engine engine, string? connectionString, IReadOnlyDictionary<string, string> settings)
    {
        Engine = engine;
        this.connectionString = connectionString;
        environment = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["DOTNET_ENVIRONMENT"] = "Production",
            ["ASPNETCORE_ENVIRONMENT"] = "Production",
            ["Data__Directory"] = DataFolder,
            ["Database__Provider"] = engine.ToString(),
            ["ConnectionStrings__Default"] = connectionString ?? "",
            ["RateLimits__Enabled"] = "false",

            // The runtime's keeping of code apart from what may be written is a tenth of what a start costs.
            ["DOTNET_EnableWriteXorExecute"] = "0",

            // What a test does to a server on purpose is no reason to write to its people.
            ["Alerts__Mail"] = "false",
        };
        foreach (var (key, value) in settings)
        {
            environment[key] = value;
        }

        Port = FreePorts.Next();
        Anonymous = new HttpCaller(Address);
    }

    public Engine Engine { get; }

    public int Port { get; private set; }

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{Port}"));

    public string DataFolder => folder["data"];

    /// <summary>For a test that looks into PostgreSQL itself.</summary>
    public string ConnectionString => connectionString ?? throw new InvalidOperationException("SQLite has a file: " + DataFolder);

    /// <summary>Calls without credentials.</summary>
    public HttpCaller Anonymous { get; private set; }

    public ChildProcess Process => process ?? throw new InvalidOperationException("Not started.");

    /// <summary>The log of the current life of the process.</summary>
    public string Output => Process.Output;

    /// <summary>Starts it, as it is after a first start, and waits until it is ready.</summary>
    /// <param name="engine">The database.</param>
    /// <param name="settings">Further settings, such as <c>("RateLimits__Enabled", "true")</c>.</param>
    public static async Task<RunningServer> Start(Engine engine, params (string Key, string Value)[] settings)
    {
        var first = await FirstStart.Of(engine);
        var connection = engine is Engine.PostgreSql ? await (await PostgresCluster.Shared).CreateDatabase(first.Database) : null;
        var server = new RunningServer(engine, connection, Last(settings));
        try
        {
            first.CopyTo(server.DataFolder);
            await server.Restart();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    /// <summary>A server, not started yet, on a database that somebody else has made and will drop; its data folder is empty.</summary>
    public static RunningServer On(string connectionString, params (string Key, string Value)[] settings) => new(Engine.PostgreSql, connectionString, Last(settings)) { isGuest = true };

    /// <summary>All that a first start needs, without starting; for tests of the start itself.</summary>
    public static async Task<RunningServer> Prepare(Engine engine, params (string Key, string Value)[] settings)
    {
        var connection = engine is Engine.PostgreSql ? await (await PostgresCluster.Shared).CreateDatabase() : null;
        return new RunningServer(engine, connection, Last(settings));
    }

    private static Dictionary<string, string> Last((string Key, string Value)[] settings) => settings.GroupBy(s => s.Key).ToDictionary(s => s.Key, s => s.Last().Value);

    /// <summary>Starts the process, again if it had ended, on the same data and address, and waits until it is ready.</summary>
    public async Task Restart()
    {
        for (var attempt = 0; ; attempt++)
        {
            Launch();
            if (await BecomesReady())
            {
                return;
            }

            if (attempt == 3 || !Output.Contains("address already in use", StringComparison.OrdinalIgnoreCase))
            {
                throw new InvalidOperationException($"The server did not start (exit code {Process.ExitCode}):\n{Output}");
            }

            // Another program took the port between the choice and the start.
            Port = FreePorts.Next();
            Anonymous = new HttpCaller(Address);
        }
    }

    /// <summary>Starts the process without waiting for anything.</summary>
    public ChildProcess Launch()
    {
        if (!File.Exists(Repository.ServerBinary))
        {
            throw new InvalidOperationException($"Build the server first: {Repository.ServerBinary} is missing.");
        }

        // Thousands of people register in a run of the tests, each with a tenth of a second of hashing. A server for people would refuse so few rounds.
        if (environment["RateLimits__Enabled"] == "false")
        {
            environment.TryAdd(HashingAsForPeople.Key, "1000");
        }
        else if (environment.GetValueOrDefault(HashingAsForPeople.Key) == "1000")
        {
            environment.Remove(HashingAsForPeople.Key);
        }

        string[] command = [.. Wrapper, "dotnet", Repository.ServerBinary, "--urls", Address.ToString()];
        process = ChildProcess.Start(command[0], command[1..], environment);
        ServerLogs.Follow(Port, process);
        return process;
    }

    /// <summary>A command that the next start is run by; it must exec, so that the process stays the server's own.</summary>
    public IReadOnlyList<string> Wrapper { get; set; } = [];

    /// <summary>What the next start is given.</summary>
    public IReadOnlyDictionary<string, string> Settings => environment;

    /// <summary>A setting for the next start.</summary>
    public void Set(string key, string value) => environment[key] = value;

    /// <summary>SIGKILL at this instant.</summary>
    public Task Kill9() => Process.Kill9();

    /// <summary>SIGTERM, and waits for the drained end. Returns the exit code.</summary>
    public Task<int> Stop()
    {
        Process.Signal(ChildProcess.Terminate);
        return Process.Exited();
    }

    /// <summary>Registers a person and logs them in. The first one over loopback becomes the admin.</summary>
    /// <param name="name">The display name; the username is made unique on this server.</param>
    public async Task<Person> Register(string name)
    {
        var username = string.Create(CultureInfo.InvariantCulture, $"{name.ToLowerInvariant()}-{Interlocked.Increment(ref people)}{Guid.CreateVersion7().ToString("N")[^4..]}");
        return await Person.Register(this, username, name);
    }

    /// <summary>Registers several, one after the other.</summary>
    public async Task<Person[]> Register(params string[] names)
    {
        var registered = new Person[names.Length];
        for (var i = 0; i < names.Length; i++)
        {
            registered[i] = await Register(names[i]);
        }

        return registered;
    }

    public async Task<bool> IsReady()
    {
        try
        {
            return (await Anonymous.Get("/health/ready")).Status == (int)HttpStatusCode.OK;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (process is not null)
        {
            TellWarnings(process.Output);
            await process.DisposeAsync();
        }

        if (connectionString is not null && !isGuest)
        {
            await (await PostgresCluster.Shared).DropDatabase(connectionString);
        }

        Anonymous.Dispose();
        folder.Dispose();
    }

    /// <summary>What a failed test needs to be understood: all but what the server says in good times.</summary>
    private static void TellWarnings(string output)
    {
        var lines = output.Split('\n');
        var first = Array.FindIndex(lines, l => l.StartsWith("warn:", StringComparison.Ordinal) || l.StartsWith("fail:", StringComparison.Ordinal) || l.StartsWith("crit:", StringComparison.Ordinal));
        if (first >= 0)
        {
            TestContext.Current.TestOutputHelper?.WriteLine($"The server wrote, from its first warning on:\n{string.Join('\n', lines.Skip(first).Take(60))}");
        }
    }

    private async Task<bool> BecomesReady()
    {
        try
        {
            await Deadline.Until(async () => Process.HasExited || await IsReady(), "the server to be ready", StartLimit);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}. It wrote:\n{Output}", e);
        }

        return !Process.HasExited;
    }
}
