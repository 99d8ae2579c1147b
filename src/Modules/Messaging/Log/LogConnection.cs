using System.Data.Common;
using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ChatMonolith.Messaging.Log;

/// <summary>The writer's connection and its prepared statements; thrown away whole after a failure.</summary>
internal sealed class LogConnection : IAsyncDisposable
{
    /// <summary>Written since the last checkpoint: then the next one is due.</summary>
    private const long JournalLimit = 16 * 1024 * 1024;

    /// <summary>A journal that grew beyond that because readers were in the way is cut.</summary>
    private const long LongestJournal = 64 * 1024 * 1024;
    private const int LookEvery = 64;
    private static readonly TimeSpan JournalInterval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan CutInterval = TimeSpan.FromMinutes(10);
    private readonly Database database;
    private long lastCheckpoint;
    private long lastCut;
    private long writtenBefore;
    private int sinceLook;

    private LogConnection(Database database, DbConnection raw)
    {
        this.database = database;
        Raw = raw;
        Store = raw is SqliteConnection sqlite ? new SqliteLogStore(database, sqlite) : new PostgresLogStore(database, (NpgsqlConnection)raw);
    }

    public DbConnection Raw { get; }

    public LogStore Store { get; }

    /// <exception cref="StartRefusedException">Another server writes to this PostgreSQL database.</exception>
    public static async Task<LogConnection> Open(Database database, LogHeads heads, CancellationToken ct)
    {
        var raw = await database.OpenWriter(ct).ConfigureAwait(false);
        try
        {
            await database.TakeWriterLock(raw, ct).ConfigureAwait(false);
            var connection = new LogConnection(database, raw);
            await connection.Store.Load(heads, ct).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await raw.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async Task<DbTransaction> Begin(CancellationToken ct)
    {
        var transaction = await Raw.BeginTransactionAsync(ct).ConfigureAwait(false);
        Store.Transaction = transaction;
        return transaction;
    }

    public async Task Rooms(LogHeads heads, Guid roomId, CancellationToken ct)
    {
        if (!heads.Rooms.ContainsKey(roomId))
        {
            heads.Rooms[roomId] = await Store.LoadRoomHead(roomId, ct).ConfigureAwait(false);
        }
    }

    public async Task Users(LogHeads heads, Guid userId, CancellationToken ct)
    {
        if (!heads.Users.ContainsKey(userId))
        {
            heads.Users[userId] = await Store.LoadUserHead(userId, ct).ConfigureAwait(false);
        }
    }

    /// <summary>
    /// Moves SQLite's journal into the file, inside the write gate: when much was written, and now and then. The journal is then written
    /// anew from its beginning, over blocks that it has already, which is much cheaper than growing it again. A journal that is only moved
    /// still holds what was deleted since; so it is also cut to nothing, within <see cref="CutInterval"/>.
    /// </summary>
    public async Task KeepJournalShort(TimeProvider time)
    {
        if (!database.IsSqlite || (++sinceLook < LookEvery && time.GetElapsedTime(lastCheckpoint) < JournalInterval))
        {
            return;
        }

        sinceLook = 0;
        var journal = new FileInfo(database.SqlitePath + "-wal");
        var length = journal.Exists ? journal.Length : 0;
        var written = SqlitePages.BytesWritten((SqliteConnection)Raw);
        var cut = length > LongestJournal || (length > 0 && time.GetElapsedTime(lastCut) >= CutInterval);
        if (!cut && written - writtenBefore < JournalLimit && (length == 0 || time.GetElapsedTime(lastCheckpoint) < JournalInterval))
        {
            return;
        }

        writtenBefore = written;
        lastCheckpoint = time.GetTimestamp();
        lastCut = cut ? lastCheckpoint : lastCut;
        await using var command = Raw.CreateCommand();

        // A reader in the way makes the cut fail, not wait: the log goes first, and the next look tries again.
        command.CommandText = cut ? "PRAGMA busy_timeout=0; PRAGMA wal_checkpoint(TRUNCATE);" : "PRAGMA wal_checkpoint(PASSIVE)";
        await command.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync().ConfigureAwait(false);
        await Raw.DisposeAsync().ConfigureAwait(false);
    }
}
