using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ChatMonolith.Chatctl.Seeding;

/// <summary>
/// Writes whole tables as fast as the database takes them, all in one transaction: prepared inserts on SQLite, COPY on PostgreSQL.
/// Only for a database that nobody else uses.
/// </summary>
[SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "Names are constant; values are parameters.")]
internal sealed class BulkTables(Database database, DbConnection connection, DbTransaction transaction) : IAsyncDisposable
{
    /// <summary>Inside the transaction: what is asked over it sees what was written.</summary>
    public DbConnection Connection => connection;

    public static async Task<BulkTables> Open(Database database, CancellationToken ct)
    {
        var connection = await database.OpenWriter(ct);
        if (connection is SqliteConnection)
        {
            // A rollback journal holds the pages that were there before: next to none in an empty database, where the WAL would hold
            // everything once more. It is all or nothing in both. Leaving the WAL takes the only connection.
            SqliteConnection.ClearAllPools();
            await Execute(connection, "PRAGMA journal_mode=DELETE; PRAGMA synchronous=NORMAL; PRAGMA cache_size=-262144;", ct);
        }

        return new BulkTables(database, connection, await connection.BeginTransactionAsync(ct));
    }

    /// <param name="table">The table.</param>
    /// <param name="columns">Its columns, with commas between them.</param>
    /// <param name="rows">The values, in that order; an array may be filled anew for each row.</param>
    /// <param name="ct">Cancels, and with it the whole seeding.</param>
    public Task Write(string table, string columns, IEnumerable<object?[]> rows, CancellationToken ct)
    {
        if (connection is NpgsqlConnection postgres)
        {
            return Copy(postgres, table, columns, rows, ct);
        }

        Insert((SqliteConnection)connection, table, columns, rows, ct);
        return Task.CompletedTask;
    }

    public async Task Commit(CancellationToken ct)
    {
        await transaction.CommitAsync(ct);
        await Execute(connection, database.IsSqlite ? "PRAGMA journal_mode=WAL; PRAGMA optimize;" : "ANALYZE", ct);
    }

    public async ValueTask DisposeAsync()
    {
        await transaction.DisposeAsync();
        await connection.DisposeAsync();
    }

    private static async Task Copy(NpgsqlConnection postgres, string table, string columns, IEnumerable<object?[]> rows, CancellationToken ct)
    {
        await using var copy = await postgres.BeginBinaryImportAsync($"COPY {table} ({columns}) FROM STDIN (FORMAT BINARY)", ct);

        // Millions of rows take as long as they take.
        copy.Timeout = Timeout.InfiniteTimeSpan;
        foreach (var row in rows)
        {
            await copy.WriteRowAsync(ct, row);
        }

        await copy.CompleteAsync(ct);
    }

    private static async Task Execute(DbConnection connection, string sql, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.CommandTimeout = 0;
        await command.ExecuteNonQueryAsync(ct);
    }

    private static void Insert(SqliteConnection sqlite, string table, string columns, IEnumerable<object?[]> rows, CancellationToken ct)
    {
        var count = columns.Split(',').Length;
        using var statement = new SqliteStatement(sqlite, $"INSERT INTO {table} ({columns}) VALUES ({string.Join(',', Enumerable.Repeat("?", count))})");
        foreach (var row in rows)
        {
            ct.ThrowIfCancellationRequested();
            for (var i = 0; i < count; i++)
            {
                Bind(statement, row[i]);
            }

            statement.Run();
        }
    }

    private static void Bind(SqliteStatement statement, object? value) => _ = value switch
    {
        null or DBNull => statement.BindNull(),
        long number => statement.Bind(number),
        int number => statement.Bind(number),
        string text => statement.Bind(text),
        byte[] bytes => statement.Bind(bytes.AsSpan()),
        Guid id => statement.Bind(id),
        bool flag => statement.Bind(flag ? 1L : 0L),
        double real => statement.Bind(real),
        _ => throw new InvalidOperationException($"No column holds a {value.GetType().Name}."),
    };
}
