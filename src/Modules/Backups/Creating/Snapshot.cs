using System.Data.Common;
using ChatMonolith.Backups.Format;
using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.Data.Sqlite;

namespace ChatMonolith.Backups.Creating;

/// <summary>The database as it was at one instant: to be asked, and to be read as one stream of bytes.</summary>
internal abstract class Snapshot : IAsyncDisposable
{
    public const string Sqlite = "sqlite";
    public const string Postgres = "postgresql";

    /// <summary>Answers as of that instant.</summary>
    public abstract DbConnection Connection { get; }

    public abstract string Kind { get; }

    /// <summary>Everything of it; read to its end once, then <see cref="Finish"/>.</summary>
    public abstract Stream Dump { get; }

    /// <summary>The dump was read to its end: was it whole?</summary>
    public abstract Task Finish(CancellationToken ct);

    public abstract ValueTask DisposeAsync();
}

/// <summary>A copy of the file, in a scratch folder.</summary>
internal sealed class SqliteSnapshot : Snapshot
{
    private readonly string path;
    private readonly SqliteConnection connection;
    private FileStream? dump;

    private SqliteSnapshot(string path, SqliteConnection connection) => (this.path, this.connection) = (path, connection);

    public override DbConnection Connection => connection;

    public override string Kind => Sqlite;

    public override Stream Dump => dump ??= new FileStream(path, new FileStreamOptions { Access = FileAccess.Read, Share = FileShare.ReadWrite, BufferSize = 0, Options = FileOptions.Asynchronous | FileOptions.SequentialScan });

    public static async Task<SqliteSnapshot> Take(Database database, string scratch, Func<int, int, ValueTask> step, CancellationToken ct)
    {
        WholeFile.CreateFolder(scratch);
        var copy = Path.Combine(scratch, "snapshot.db");
        foreach (var left in Directory.EnumerateFiles(scratch, "snapshot.db*"))
        {
            File.Delete(left);
        }

        var target = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = copy, Pooling = false }.ToString());
        try
        {
            await target.OpenAsync(ct).ConfigureAwait(false);
            await Execute(target, "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;", ct).ConfigureAwait(false);
            await using (var source = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = database.SqlitePath, Pooling = false, DefaultTimeout = 60 }.ToString()))
            {
                await source.OpenAsync(ct).ConfigureAwait(false);
                await SqliteCopy.Run(source, target, step, ct).ConfigureAwait(false);
            }

            // One file without a journal beside it.
            await Execute(target, "PRAGMA journal_mode=DELETE", ct).ConfigureAwait(false);
            return new SqliteSnapshot(copy, target);
        }
        catch
        {
            await target.DisposeAsync().ConfigureAwait(false);
            File.Delete(copy);
            throw;
        }
    }

    public override Task Finish(CancellationToken ct) => Task.CompletedTask;

    public override async ValueTask DisposeAsync()
    {
        if (dump is not null)
        {
            await dump.DisposeAsync().ConfigureAwait(false);
        }

        await connection.DisposeAsync().ConfigureAwait(false);
        File.Delete(path);
    }

    private static async Task Execute(SqliteConnection connection, string sql, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
#pragma warning disable CA2100 // Constant texts of this file.
        command.CommandText = sql;
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
    }
}
