using System.Globalization;
using Npgsql;

namespace ChatMonolith.Tests.Harness;

/// <summary>
/// A real PostgreSQL from the system's package on a free port in a temporary folder; one for the whole test run, started when the
/// first test asks for it, a database of its own for each server.
/// </summary>
public sealed class PostgresCluster : IDisposable
{
    private static readonly Lazy<Task<PostgresCluster>> One = new(() => Start());
    private readonly TemporaryFolder folder = new();
    private readonly int port = FreePorts.Next();
    private ChildProcess process = null!;
    private string[] command = [];
    private int databases;
    private bool isOver;

    private PostgresCluster()
    {
    }

    public static Task<PostgresCluster> Shared => One.Value;

    /// <summary>One that a test may crash.</summary>
    public static Task<PostgresCluster> StartOwn() => Start();

    /// <summary>One that can be spoken to over TLS, with a certificate that <see cref="CertificateFile"/> vouches for.</summary>
    public static Task<PostgresCluster> StartWithTls() => Start(hasTls: true);

    /// <summary>The certificate of one with TLS.</summary>
    public string CertificateFile => folder["server.crt"];

    public ChildProcess Process => process;

    public int Port => port;

    /// <summary>What <c>pg_ctl -m immediate restart</c> does: all sessions end where they are, and the start recovers from the write-ahead log.</summary>
    public async Task RestartImmediately()
    {
        process.Signal(ChildProcess.Quit);
        await process.Exited();
        await process.DisposeAsync();
        NpgsqlConnection.ClearAllPools();
        await Launch();
    }

    /// <summary>A new database's connection string; empty, or as the template is.</summary>
    public async Task<string> CreateDatabase(string? template = null)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"chat_{Interlocked.Increment(ref databases)}");
        await Execute(template is null ? $"CREATE DATABASE {name}" : $"CREATE DATABASE {name} TEMPLATE {template}");
        return ConnectionString(name);
    }

    /// <summary>Copies a database that nobody is connected to, as a template for others.</summary>
    public async Task<string> KeepAsTemplate(string connectionString)
    {
        NpgsqlConnection.ClearAllPools();
        return new NpgsqlConnectionStringBuilder(await CreateDatabase(new NpgsqlConnectionStringBuilder(connectionString).Database)).Database!;
    }

    /// <summary>Lets the next cold start begin on an idle cluster; connections to the database are cut.</summary>
    public async Task DropDatabase(string connectionString)
    {
        NpgsqlConnection.ClearAllPools();
        await Execute($"DROP DATABASE IF EXISTS {new NpgsqlConnectionStringBuilder(connectionString).Database} WITH (FORCE)");
    }

    private static async Task<PostgresCluster> Start(bool hasTls = false)
    {
        var cluster = new PostgresCluster();
        var binaries = FindBinaries();
        var data = cluster.folder["data"];
        string[] asUser = [];
        if (Environment.UserName == "root")
        {
            // initdb refuses to run as root.
            await ChildProcess.Run("chown", "postgres", cluster.folder.Root);
            asUser = ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups", "--"];
        }

        string[] tls = [];
        if (hasTls)
        {
            SelfSigned.Write(cluster.CertificateFile, cluster.folder["server.key"], "CN=postgres.test");
            await ChildProcess.Run("chmod", "600", cluster.folder["server.key"]);
            tls = ["-c", "ssl=on", "-c", "ssl_cert_file=" + cluster.CertificateFile, "-c", "ssl_key_file=" + cluster.folder["server.key"]];
            if (asUser.Length > 0)
            {
                await ChildProcess.Run("chown", "postgres", cluster.CertificateFile, cluster.folder["server.key"]);
            }
        }

        await Run([.. asUser, Path.Combine(binaries, "initdb"), "-D", data, "-U", "chat", "-A", "trust", "-E", "UTF8", "--locale", "C", "--no-instructions"]);
        cluster.command =
        [
            .. asUser, Path.Combine(binaries, "postgres"), "-D", data, "-p", cluster.port.ToString(CultureInfo.InvariantCulture),
            "-k", cluster.folder.Root, "-h", "127.0.0.1", "-c", "max_connections=1000", "-c", "log_min_messages=warning", .. tls,
        ];
        AppDomain.CurrentDomain.ProcessExit += (_, _) => cluster.Dispose();
        await cluster.Launch();
        return cluster;
    }

    private Task Launch()
    {
        process = ChildProcess.Start(command[0], command[1..], workingDirectory: folder.Root);
        return Deadline.Until(Answers, $"PostgreSQL to answer; it wrote: {process.Output}", TimeSpan.FromSeconds(90));
    }

    private static string FindBinaries() =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory.EnumerateDirectories("/usr/lib/postgresql").Select(d => Path.Combine(d, "bin")).Where(d => File.Exists(Path.Combine(d, "initdb"))).Max()
                ?? throw NotInstalled()
            : throw NotInstalled();

    private static InvalidOperationException NotInstalled() =>
        new("PostgreSQL is not installed, and every integration test runs on both databases. Debian: apt-get install postgresql; tools/test does it.");

    private static Task<string> Run(string[] command) => ChildProcess.Run(command[0], command[1..]);

    private string ConnectionString(string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = port,
        Username = "chat",
        Database = database,
    }.ToString();

    private async Task<bool> Answers()
    {
        if (process.HasExited)
        {
            throw new InvalidOperationException("PostgreSQL did not start: " + process.Output);
        }

        try
        {
            await Execute("SELECT 1");
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    private async Task Execute(string sql)
    {
        await using var connection = new NpgsqlConnection(new NpgsqlConnectionStringBuilder(ConnectionString("postgres")) { Pooling = false }.ToString());
        await connection.OpenAsync();
        await using var statement = connection.CreateCommand();
#pragma warning disable CA2100 // The names come from this file.
        statement.CommandText = sql;
#pragma warning restore CA2100
        await statement.ExecuteNonQueryAsync();
    }

    public void Dispose()
    {
        if (isOver)
        {
            return;
        }

        isOver = true;
        process.Signal(ChildProcess.Quit);
        folder.Dispose();
    }
}
