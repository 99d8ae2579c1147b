using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using ChatMonolith.BuildingBlocks.Persistence;

namespace ChatMonolith.Messaging.Log;

/// <summary>The writer's connection and its prepared statements; thrown away whole after a failure.</summary>
internal sealed class LogConnection : IAsyncDisposable
{
    /// <summary>Any number that is ours: it tells a second server on the same PostgreSQL database from the first.</summary>
    private const long WriterLock = 0x43_48_41_54_4C_4F_47;
    private const long JournalLimit = 16 * 1024 * 1024;
    private static readonly TimeSpan JournalInterval = TimeSpan.FromSeconds(30);
    private readonly Database database;
    private long lastCheckpoint;
    private int sinceLook;

    private LogConnection(Database database, DbConnection raw)
    {
        this.database = database;
        Raw = raw;
        Store = new LogStore(database, raw);
    }

    public DbConnection Raw { get; }

    public LogStore Store { get; }

    /// <exception cref="StartRefusedException">Another server writes to this PostgreSQL database.</exception>
    public static async Task<LogConnection> Open(Database database, CancellationToken ct)
    {
        var raw = await database.OpenWriter(ct).ConfigureAwait(false);
        if (!database.IsSqlite)
        {
            await using var command = raw.CreateCommand();
            command.CommandText = $"SELECT pg_try_advisory_lock({WriterLock})";
            if (await command.ExecuteScalarAsync(ct).ConfigureAwait(false) is not true)
            {
                await raw.DisposeAsync().ConfigureAwait(false);
                throw new StartRefusedException("Another server is writing to this database. Stop it, or give this one a database of its own.");
            }
        }

        return new LogConnection(database, raw);
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
    /// Moves SQLite's journal into the file, inside the write gate: when it has grown, and now and then, so that deleted texts leave
    /// the journal too. Readers are not disturbed.
    /// </summary>
    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "Constant text.")]
    public async Task KeepJournalShort(TimeProvider time)
    {
        if (!database.IsSqlite || ++sinceLook < 64 && time.GetElapsedTime(lastCheckpoint) < JournalInterval)
        {
            return;
        }

        sinceLook = 0;
        var journal = new FileInfo(database.SqlitePath + "-wal");
        var isLong = journal.Exists && journal.Length > JournalLimit;
        if (!isLong && time.GetElapsedTime(lastCheckpoint) < JournalInterval)
        {
            return;
        }

        lastCheckpoint = time.GetTimestamp();
        await using var command = Raw.CreateCommand();
        command.CommandText = isLong ? "PRAGMA wal_checkpoint(TRUNCATE)" : "PRAGMA wal_checkpoint(PASSIVE)";
        await command.ExecuteNonQueryAsync(CancellationToken.None).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync().ConfigureAwait(false);
        await Raw.DisposeAsync().ConfigureAwait(false);
    }
}
