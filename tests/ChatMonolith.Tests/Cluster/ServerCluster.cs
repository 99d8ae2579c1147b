using System.Globalization;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Tests.Harness;
using Npgsql;

namespace ChatMonolith.Tests.Cluster;

/// <summary>
/// Three real nodes on a PostgreSQL of their own and one bucket, with HAProxy in front. Each node has its own data folder and its own way
/// to the database (<see cref="DatabaseProxy"/>), so that one can be cut off while the others go on.
/// </summary>
public sealed class ServerCluster : IAsyncDisposable
{
    public const int Nodes = 3;

    /// <summary>Shorter than the nodes have it by default: a lease that ends for nothing on a busy machine must do no harm either.</summary>
    private const string LeaseSeconds = "3";
    private readonly List<RunningServer> nodes = [];
    private readonly List<DatabaseProxy> ways = [];
    private readonly HashSet<int> stopped = [];
    private PostgresCluster? postgres;
    private string database = "";
    private S3Store? s3;
    private HaProxy? balancer;

    private ServerCluster()
    {
    }

    public HaProxy Balancer => balancer!;

    public PostgresCluster Postgres => postgres!;

    public S3Store S3 => s3!;

    public RunningServer this[int node] => nodes[node];

    public IReadOnlyList<RunningServer> All => nodes;

    public static async Task<ServerCluster> Start(params (string Key, string Value)[] settings)
    {
        var cluster = new ServerCluster();
        try
        {
            await cluster.Begin(settings);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    public DatabaseProxy WayOf(int node) => ways[node];

    /// <summary>SIGKILL: nothing of the node runs any more.</summary>
    public Task Kill9(int node) => nodes[node].Kill9();

    /// <summary>Again, on the same address and data; ready when it returns.</summary>
    public Task Start(int node) => nodes[node].Restart();

    /// <summary>SIGSTOP: it hangs, with all its connections open.</summary>
    public void Stop(int node)
    {
        stopped.Add(node);
        nodes[node].Process.Signal(ChildProcess.Stop);
    }

    /// <summary>SIGCONT.</summary>
    public void Continue(int node)
    {
        stopped.Remove(node);
        nodes[node].Process.Signal(ChildProcess.Continue);
    }

    /// <summary>It hangs until so little of its lease is left; one that renews it in time has two thirds of it at least.</summary>
    public async Task HangsUntil(int node, TimeSpan left)
    {
        Stop(node);
        await IsTrue(
            string.Create(CultureInfo.InvariantCulture, $"SELECT max(lease_until) - {Database.PostgresNow} < {left.TotalMilliseconds:F0} FROM nodes_leases WHERE name = $1"), NameOf(node), $"node {node} to be late with its lease");
        Continue(node);
    }

    /// <summary>Its lease is over, and another node has shut it out.</summary>
    public Task IsTakenForDead(int node) =>
        IsTrue("SELECT NOT EXISTS (SELECT 1 FROM nodes_leases WHERE name = $1 AND fenced_at IS NULL)", NameOf(node), $"node {node} to be taken for dead");

    /// <summary>Waits until the database itself says so, whichever node has written it.</summary>
    public async Task IsTrue(string question, object about, string what)
    {
        await using var connection = new NpgsqlConnection(database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(question, connection) { Parameters = { new() { Value = about } } };
        await Deadline.Until(async () => (bool)(await command.ExecuteScalarAsync())!, what, TimeSpan.FromSeconds(60));
    }

    /// <summary>SIGTERM; the exit code, when it has drained.</summary>
    public Task<int> Terminate(int node) => nodes[node].Stop();

    public void CutFromDatabase(int node) => ways[node].Cut();

    public void StallDatabase(int node) => ways[node].Stall();

    public void Heal(int node) => ways[node].Heal();

    /// <summary>Nothing is wrong any more, whatever a test has left behind: all nodes run and are ready.</summary>
    public async Task MakeWhole()
    {
        for (var i = 0; i < Nodes; i++)
        {
            ways[i].LostInHundred = 0;
            ways[i].IsMute = false;
            Heal(i);
            if (stopped.Contains(i))
            {
                Continue(i);
            }

            if (nodes[i].Process.HasExited)
            {
                await Start(i);
            }
        }

        foreach (var node in nodes)
        {
            await BecomesReady(node);
        }
    }

    /// <summary>What the nodes have written last that is no news of good times, for a failed test to be understood.</summary>
    public string Warnings() => string.Join('\n', nodes.Select((node, i) => $"node {i}:\n{ServerLogs.Warnings(node.Output)}"));

    public static Task BecomesReady(RunningServer node, TimeSpan? limit = null) => Deadline.Until(node.IsReady, $"the node at {node.Address} to be ready", limit ?? TimeSpan.FromSeconds(30));

    public async ValueTask DisposeAsync()
    {
        await (balancer?.DisposeAsync() ?? ValueTask.CompletedTask);
        foreach (var node in nodes)
        {
            await node.DisposeAsync();
        }

        foreach (var way in ways)
        {
            await way.DisposeAsync();
        }

        await (s3?.DisposeAsync() ?? ValueTask.CompletedTask);
        if (postgres is not null)
        {
            postgres.Process.Signal(ChildProcess.Quit);
            await postgres.Process.Exited();
            postgres.Dispose();
        }
    }

    /// <summary>One more, in a folder of its own and not started; it is the caller's.</summary>
    public RunningServer Another(params (string Key, string Value)[] settings) => RunningServer.On(database, SettingsOf("another", settings));

    private (string Key, string Value)[] SettingsOf(string name, (string Key, string Value)[] settings) =>
    [
        ("Nodes__Enabled", "true"), ("Nodes__Name", name), ("Nodes__Secret", "a secret that all nodes have in common"), ("Nodes__LeaseSeconds", LeaseSeconds),
        ("Auth__AccessTokenMinutes", "1440"), .. s3!.Settings, .. settings,
    ];

    private static string NameOf(int node) => string.Create(CultureInfo.InvariantCulture, $"node{node}");

    private async Task Begin((string Key, string Value)[] settings)
    {
        postgres = await PostgresCluster.StartOwn();
        s3 = await S3Store.Start();
        database = await postgres.CreateDatabase();
        var dice = Dice.FromEnvironment();
        for (var i = 0; i < Nodes; i++)
        {
            ways.Add(DatabaseProxy.Start(postgres.Port, dice.Fork()));
            var way = new NpgsqlConnectionStringBuilder(database) { Port = ways[i].Port, SslMode = SslMode.Disable, GssEncryptionMode = GssEncryptionMode.Disable };
            nodes.Add(RunningServer.On(way.ToString(), SettingsOf(NameOf(i), settings)));
        }

        // The first makes the schema; the others could as well, but would wait for it.
        await nodes[0].Restart();
        await Task.WhenAll(nodes.Skip(1).Select(n => n.Restart()));
        balancer = await HaProxy.Start(nodes.Select(n => n.Port));
    }
}
