using System.Data.Common;
using System.Formats.Tar;
using System.Globalization;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Tests.Harness;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace ChatMonolith.Tests.Upgrades;

/// <summary>The data folder and database that an earlier version of the server left (tools/fixtures/make), and a server to take them over.</summary>
internal sealed class EarlierVersion : IAsyncDisposable
{
    private static readonly string Folder = Path.Combine(Repository.Root, "tests/ChatMonolith.Tests/Upgrades/fixtures");

    private EarlierVersion(RunningServer server, JsonElement expected)
    {
        Server = server;
        Expected = expected;
    }

    /// <summary>All that are kept.</summary>
    public static IEnumerable<string> Names => Directory.EnumerateFiles(Folder, "*-sqlite.tar.gz").Select(f => Path.GetFileName(f)[..^"-sqlite.tar.gz".Length]).Order(StringComparer.Ordinal);

    /// <summary>This version, not started yet.</summary>
    public RunningServer Server { get; }

    /// <summary>What people put in: accounts, rooms with digests of their texts, files.</summary>
    public JsonElement Expected { get; }

    public static async Task<EarlierVersion> Unpack(string name, Engine engine, params (string Key, string Value)[] settings)
    {
        var server = await RunningServer.Prepare(engine, settings);
        Directory.CreateDirectory(server.DataFolder);
        await using (var packed = new GZipStream(File.OpenRead(Path.Combine(Folder, $"{name}-{engine.ToString().ToLowerInvariant()}.tar.gz")), CompressionMode.Decompress))
        {
            await TarFile.ExtractToDirectoryAsync(packed, server.DataFolder, overwriteFiles: true);
        }

        if (engine is Engine.PostgreSql)
        {
            var to = new NpgsqlConnectionStringBuilder(server.ConnectionString);
            await ChildProcess.Run("psql", "-h", to.Host!, "-p", to.Port.ToString(CultureInfo.InvariantCulture), "-U", to.Username!, "-d", to.Database!, "-Xq", "-v", "ON_ERROR_STOP=1", "-o", "/dev/null", "-f", Path.Combine(server.DataFolder, "database.sql"));
        }

        return new(server, JsonSerializer.Deserialize<JsonElement>(await File.ReadAllTextAsync(Path.Combine(server.DataFolder, "expected.json"))));
    }

    /// <summary>What the start does before anything is served, with no job beside it.</summary>
    public async Task Migrate()
    {
        await using var app = ChatMonolith.Host.Server.Build([.. Server.Settings.Where(s => s.Key.Contains("__", StringComparison.Ordinal)).Select(s => $"--{s.Key.Replace("__", ":", StringComparison.Ordinal)}={s.Value}"), "--Logging:LogLevel:Default=Warning"]);
        _ = app.Services.GetRequiredService<DataFolder>();
        await app.Services.GetRequiredService<Schema>().Migrate(CancellationToken.None);
    }

    /// <summary>Every table with its columns, its number of rows and a digest of them.</summary>
    public async Task<Dictionary<string, Table>> Tables(IReadOnlyDictionary<string, Table>? likeThese = null)
    {
        await using DbConnection connection = Server.Engine is Engine.Sqlite
            ? new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Path.Combine(Server.DataFolder, "chat.db"), Pooling = false }.ToString())
            : new NpgsqlConnection(new NpgsqlConnectionStringBuilder(Server.ConnectionString) { Pooling = false }.ToString());
        await connection.OpenAsync();
        var names = likeThese?.Keys ?? await Read(connection, Server.Engine is Engine.Sqlite
            ? "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%' AND name NOT LIKE 'msg_search_%' AND name NOT LIKE 'sqlite_%'"
            : "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename NOT LIKE 'msg_search_%'");
        var tables = new Dictionary<string, Table>(StringComparer.Ordinal);
        foreach (var name in names.Where(n => !n.EndsWith("_migrations", StringComparison.Ordinal) && !n.StartsWith("__", StringComparison.Ordinal)))
        {
            var columns = likeThese?[name].Columns ?? [.. await Read(connection, Server.Engine is Engine.Sqlite
                ? $"SELECT name FROM pragma_table_info('{name}') ORDER BY name"
                : $"SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = '{name}' ORDER BY column_name")];
            var rows = await Read(connection, $"SELECT {string.Join(", ", columns.Select(c => $"\"{c}\""))} FROM \"{name}\"");
            tables[name] = new Table(columns, rows.Count, Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', rows.Order(StringComparer.Ordinal))))));
        }

        return tables;
    }

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private static async Task<List<string>> Read(DbConnection connection, string sql)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // The names are the database's own.
        command.CommandText = sql;
#pragma warning restore CA2100
        await using var reader = await command.ExecuteReaderAsync();
        var rows = new List<string>();
        while (await reader.ReadAsync())
        {
            var values = new object[reader.FieldCount];
            reader.GetValues(values);
            rows.Add(string.Join('\u001f', values.Select(v => v is byte[] bytes ? Convert.ToHexString(bytes) : Convert.ToString(v, CultureInfo.InvariantCulture))));
        }

        return rows;
    }

    internal sealed record Table(IReadOnlyList<string> Columns, int Rows, string Digest);
}
