using System.Data.Common;
using ChatMonolith.BuildingBlocks.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using Npgsql;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>Opens connections to the one database, and knows the few words in which the two providers differ.</summary>
public sealed class Database : IAsyncDisposable
{
    /// <summary>Any number that is ours: it tells a second server on the same PostgreSQL database from the first.</summary>
    private const long WriterLock = 0x43_48_41_54_4C_4F_47;

    /// <summary>Within a transaction: shared by those that append plain messages, held alone by all other works of the log, on all nodes.</summary>
    public const long LogLock = WriterLock + 1;

    /// <summary>Held alone by whoever migrates, of several nodes.</summary>
    private const long MigrationLock = WriterLock + 2;

    /// <summary>Held alone by whoever writes the search index, of several nodes.</summary>
    public const long SearchLock = WriterLock + 3;

    /// <summary>PostgreSQL's own clock at the moment of asking, in UTC milliseconds.</summary>
    public const string PostgresNow = "(extract(epoch FROM clock_timestamp()) * 1000)::bigint";
    private const int MostPostgresConnections = 40;
    private readonly NpgsqlDataSource? postgres;
    private readonly NpgsqlDataSource? writer;
    private readonly bool areSeveral;
    private readonly string sqliteConnectionString = "";

    public Database(IOptions<DatabaseOptions> options, IOptions<NodesOptions> nodes, IConfiguration configuration, DataFolder folder)
    {
        areSeveral = nodes.Value.Enabled;
        Provider = options.Value.Provider;
        BusyTimeout = TimeSpan.FromSeconds(options.Value.BusyTimeoutSeconds);
        MostConnections = options.Value.Connections;
        if (Provider is DatabaseProvider.Sqlite)
        {
            SqliteNative.Initialize();
            SqlitePath = folder.File("chat.db");
            sqliteConnectionString = new SqliteConnectionStringBuilder
            {
                DataSource = SqlitePath,
                DefaultTimeout = options.Value.BusyTimeoutSeconds,
                ForeignKeys = true,
                Pooling = true,
            }.ToString();
        }
        else
        {
            var text = configuration.GetConnectionString("Default");
            if (string.IsNullOrWhiteSpace(text))
            {
                throw new StartRefusedException("Database:Provider is PostgreSql, but ConnectionStrings:Default is empty. Set it, for example to Host=localhost;Database=chat;Username=chat;Password=….");
            }

            var builder = new NpgsqlConnectionStringBuilder(text);
            if (!builder.ShouldSerialize("Maximum Pool Size"))
            {
                // PostgreSQL takes 100 by default, also of those who administer it; whoever finds no free one waits.
                (builder.MaxPoolSize, builder.Timeout) = (MostPostgresConnections, 30);
            }

            builder.ApplicationName = ProcessName;
            builder.CommandTimeout = builder.CommandTimeout == 30 ? options.Value.BusyTimeoutSeconds * 2 : builder.CommandTimeout;
            postgres = Source(builder, "chat");

            // The writer holds a lock for its session: its connection must really end when it is thrown away, and a dead one must be
            // found in seconds on both sides.
            builder.Pooling = false;
            builder.KeepAlive = 10;
            builder.Options = (builder.Options + " -c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3").Trim();
            writer = Source(builder, "chat-log");
        }
    }

    public DatabaseProvider Provider { get; }

    public bool IsSqlite => Provider is DatabaseProvider.Sqlite;

    public string SqlitePath { get; } = "";

    /// <summary>By which PostgreSQL knows the connections of this process, and another node can end them.</summary>
    public string ProcessName { get; } = $"chatmonolith {Guid.NewGuid():N}";

    public TimeSpan BusyTimeout { get; }

    /// <summary>SQLite: of requests and jobs, at once.</summary>
    public int MostConnections { get; }

    /// <summary>This process has written the file, and so leaves it sealed.</summary>
    internal bool WasOpened { get; private set; }

    /// <summary>Points a context here.</summary>
    /// <param name="options">The context's.</param>
    /// <param name="connection">The one to use, which stays the caller's; null for one of the context's own, from the pool.</param>
    /// <param name="migrationsTable">Where applied migrations are noted.</param>
    public void Use(DbContextOptionsBuilder options, DbConnection? connection, string migrationsTable)
    {
        switch (postgres, connection)
        {
            case (null, null):
                options.UseSqlite(sqliteConnectionString, o => o.MigrationsHistoryTable(migrationsTable));
                break;
            case (null, _):
                options.UseSqlite(connection, contextOwnsConnection: false, o => o.MigrationsHistoryTable(migrationsTable));
                break;
            case (_, null):
                options.UseNpgsql(postgres, o => o.MigrationsHistoryTable(migrationsTable));
                break;
            default:
                options.UseNpgsql(connection, contextOwnsConnection: false, o => o.MigrationsHistoryTable(migrationsTable));
                break;
        }
    }

    public DbConnection CreateConnection() => postgres is null ? new SqliteConnection(sqliteConnectionString) : postgres.CreateConnection();

    /// <summary>An open connection from the pool, set up for reading.</summary>
    public async ValueTask<DbConnection> Open(CancellationToken ct)
    {
        var connection = CreateConnection();
        try
        {
            await connection.OpenAsync(ct).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>
    /// The log writer's own connection: never pooled, <c>synchronous=FULL</c>, automatic checkpoints off (they run through the gate),
    /// and 64 MiB of pages in memory at most: each insert touches a leaf of every index, which the default 2 MiB would read again and again.
    /// </summary>
    public async ValueTask<DbConnection> OpenWriter(CancellationToken ct)
    {
        if (writer is not null)
        {
            return await writer.OpenConnectionAsync(ct).ConfigureAwait(false);
        }

        WasOpened = true;
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder(sqliteConnectionString) { Pooling = false }.ToString());
        try
        {
            await connection.OpenAsync(ct).ConfigureAwait(false);
            await using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA wal_autocheckpoint=0; PRAGMA secure_delete=ON; PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY;";
            await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
            return connection;
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>PostgreSQL: a connection of its own that is not pooled and finds a dead peer in seconds.</summary>
    public ValueTask<NpgsqlConnection> OpenOwn(CancellationToken ct) =>
        writer?.OpenConnectionAsync(ct) ?? throw new InvalidOperationException("SQLite has no other nodes.");

    /// <summary>
    /// On PostgreSQL: takes the lock that lasts as long as <paramref name="connection"/> and that only one server can hold, or several
    /// that know of each other. SQLite has the data folder's.
    /// </summary>
    /// <exception cref="StartRefusedException">Another server holds it.</exception>
    public async Task TakeWriterLock(DbConnection connection, CancellationToken ct)
    {
        if (IsSqlite)
        {
            return;
        }

        // A killed server's connection can hold it for a moment longer than the server lived.
        await using var command = connection.CreateCommand();
        command.CommandText = $"SET lock_timeout = '5s'; SELECT pg_advisory_lock{(areSeveral ? "_shared" : "")}({WriterLock}); RESET lock_timeout";
        try
        {
            await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.LockNotAvailable)
        {
            throw new StartRefusedException(
                areSeveral
                    ? "A server that is no node (Nodes:Enabled is false there) is writing to this database, or is migrating it. Stop it, or wait until it is done."
                    : "Another server is writing to this database. Stop it, or give this one a database of its own.",
                e);
        }
    }

    /// <summary>Of several nodes one migrates at a time, and the others wait for it; while older ones go on serving.</summary>
    public async Task TakeMigrationLock(DbConnection connection, CancellationToken ct)
    {
        if (areSeveral)
        {
            await using var command = connection.CreateCommand();
            command.CommandText = $"SELECT pg_advisory_lock({MigrationLock})";
            await command.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
        }
    }

    /// <summary>An id as the provider stores it: 16 bytes, big-endian, on SQLite, so that UUIDv7 keys sort by time; <c>uuid</c> on PostgreSQL.</summary>
    public object Id(Guid id) => IsSqlite ? id.ToByteArray(bigEndian: true) : id;

    public object IdOrNull(Guid? id) => id is { } value ? Id(value) : DBNull.Value;

    public static Guid ReadId(DbDataReader reader, int ordinal) =>
        reader is SqliteDataReader ? new Guid(reader.GetFieldValue<byte[]>(ordinal), bigEndian: true) : reader.GetGuid(ordinal);

    public static Guid? ReadIdOrNull(DbDataReader reader, int ordinal) => reader.IsDBNull(ordinal) ? null : ReadId(reader, ordinal);

    /// <summary>Without a name the driver's figures would carry the connection string.</summary>
    private static NpgsqlDataSource Source(NpgsqlConnectionStringBuilder settings, string name) => new NpgsqlDataSourceBuilder(settings.ToString()) { Name = name }.Build();

    public async ValueTask DisposeAsync()
    {
        if (postgres is not null)
        {
            await postgres.DisposeAsync().ConfigureAwait(false);
            await writer!.DisposeAsync().ConfigureAwait(false);
        }
        else
        {
            SqliteConnection.ClearAllPools();
            if (WasOpened)
            {
                DatabaseSeal.Write(SqlitePath);
            }
        }
    }
}
