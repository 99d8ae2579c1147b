using System.Diagnostics.CodeAnalysis;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Nodes.Data;
using Npgsql;
using NpgsqlTypes;

namespace ChatMonolith.Nodes.Leases;

/// <summary>What a node tells of itself when it renews its lease.</summary>
internal sealed record NodeFigures(long Told, int Sockets, int Topics, long LagMilliseconds, bool Draining, string? Problem);

/// <summary>The statements on <c>nodes_leases</c>. All times are the database's: two machines' clocks are never compared.</summary>
[SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "All text is constant; values are parameters.")]
internal static class NodeTable
{
    private const string Now = Database.PostgresNow;

    /// <summary>
    /// Between two works of the log, so that each work either counts this node among those that have to hear of it, or was committed
    /// before this node reads anything.
    /// </summary>
    public static async Task Register(NpgsqlConnection connection, LeaseRow row, TimeSpan lease, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);
        await using (var alone = new NpgsqlCommand($"SET LOCAL lock_timeout = '2s'; SELECT pg_advisory_xact_lock({Database.LogLock})", connection, transaction))
        {
            await alone.ExecuteNonQueryAsync(ct);
        }

        await using var insert = new NpgsqlCommand(
            "INSERT INTO nodes_leases (id, name, version, backend, started_at, lease_until, reaped, draining, told, sockets, topics, lag_ms) "
            + $"VALUES ($1, $2, $3, $4, {Now}, {Now} + $5, false, false, 0, 0, 0, 0)",
            connection,
            transaction)
        {
            Parameters = { new() { Value = row.Id }, new() { Value = row.Name }, new() { Value = row.Version }, new() { Value = row.Backend }, new() { Value = (long)lease.TotalMilliseconds } },
        };
        await insert.ExecuteNonQueryAsync(ct);
        await transaction.CommitAsync(ct);
    }

    /// <returns>The database's time; null when the lease may not be renewed any more.</returns>
    public static async Task<long?> Renew(NpgsqlConnection connection, Guid me, TimeSpan lease, NodeFigures figures, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"UPDATE nodes_leases SET lease_until = {Now} + $2, told = $3, sockets = $4, topics = $5, lag_ms = $6, draining = draining OR $7, problem = $8 "
            + $"WHERE id = $1 AND fenced_at IS NULL RETURNING {Now}",
            connection)
        {
            Parameters =
            {
                new() { Value = me }, new() { Value = (long)lease.TotalMilliseconds }, new() { Value = figures.Told }, new() { Value = figures.Sockets }, new() { Value = figures.Topics },
                new() { Value = figures.LagMilliseconds }, new() { Value = figures.Draining }, new() { Value = (object?)figures.Problem ?? DBNull.Value, NpgsqlDbType = NpgsqlDbType.Text },
            },
        };
        return (long?)await command.ExecuteScalarAsync(ct);
    }

    public static async Task<(long Now, IReadOnlyList<LeaseRow> Rows)> All(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"SELECT {Now}, id, name, version, backend, started_at, lease_until, fenced_at, reaped, draining, told, sockets, topics, lag_ms, problem FROM nodes_leases", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var rows = new List<LeaseRow>();
        var now = 0L;
        while (await reader.ReadAsync(ct))
        {
            now = reader.GetInt64(0);
            rows.Add(new LeaseRow
            {
                Id = reader.GetGuid(1),
                Name = reader.GetString(2),
                Version = reader.GetString(3),
                Backend = reader.GetString(4),
                StartedAt = reader.GetInt64(5),
                LeaseUntil = reader.GetInt64(6),
                FencedAt = reader.IsDBNull(7) ? null : reader.GetInt64(7),
                Reaped = reader.GetBoolean(8),
                Draining = reader.GetBoolean(9),
                Told = reader.GetInt64(10),
                Sockets = reader.GetInt32(11),
                Topics = reader.GetInt32(12),
                LagMilliseconds = reader.GetInt64(13),
                Problem = reader.IsDBNull(14) ? null : reader.GetString(14),
            });
        }

        return (now, rows);
    }

    /// <summary>They may not renew their leases any more, and nothing that they have begun in the database is finished.</summary>
    /// <param name="connection">One of this node's.</param>
    /// <param name="nodes">Which; those that have ended by themselves are no error.</param>
    /// <param name="onlyExpired">Spares those that have renewed their lease meanwhile.</param>
    /// <param name="ct">Cancels the statements.</param>
    public static async Task ShutOut(NpgsqlConnection connection, Guid[] nodes, bool onlyExpired, CancellationToken ct)
    {
        await using (var fence = new NpgsqlCommand(
            $"UPDATE nodes_leases SET fenced_at = {Now} WHERE id = ANY($1) AND fenced_at IS NULL AND (NOT $2 OR lease_until < {Now})", connection) { Parameters = { new() { Value = nodes }, new() { Value = onlyExpired } } })
        {
            await fence.ExecuteNonQueryAsync(ct);
        }

        // What is in the middle of a transaction is cut off there. Connections that the process has made since are those of its next life.
        await using var end = new NpgsqlCommand(
            "SELECT pg_terminate_backend(a.pid, 2000) FROM nodes_leases AS l JOIN pg_stat_activity AS a ON a.application_name = l.backend "
            + "WHERE l.id = ANY($1) AND l.fenced_at IS NOT NULL AND NOT l.reaped AND a.backend_start <= to_timestamp(l.fenced_at / 1000.0)",
            connection) { Parameters = { new() { Value = nodes } } };
        await end.ExecuteNonQueryAsync(ct);
        await using var reaped = new NpgsqlCommand("UPDATE nodes_leases SET reaped = true WHERE id = ANY($1) AND fenced_at IS NOT NULL AND NOT reaped", connection) { Parameters = { new() { Value = nodes } } };
        await reaped.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Those of them that have not renewed their lease when it was due.</summary>
    public static async Task<Guid[]> NotRenewed(NpgsqlConnection connection, Guid[] nodes, TimeSpan lease, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"SELECT id FROM nodes_leases WHERE id = ANY($1) AND (fenced_at IS NOT NULL OR lease_until < {Now} + $2)", connection)
        {
            Parameters = { new() { Value = nodes }, new() { Value = (long)(lease * 2 / 3).TotalMilliseconds } },
        };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var found = new List<Guid>();
        while (await reader.ReadAsync(ct))
        {
            found.Add(reader.GetGuid(0));
        }

        return [.. found];
    }

    /// <summary>Whether one of them may still act, by its own clock at the latest.</summary>
    public static async Task<bool> MayAct(NpgsqlConnection connection, Guid[] nodes, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"SELECT EXISTS (SELECT 1 FROM nodes_leases WHERE id = ANY($1) AND lease_until >= {Now})", connection) { Parameters = { new() { Value = nodes } } };
        return (bool)(await command.ExecuteScalarAsync(ct))!;
    }

    /// <summary>The other nodes that live at this moment.</summary>
    public static async Task<Guid[]> Living(NpgsqlConnection connection, Guid me, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"SELECT id FROM nodes_leases WHERE id <> $1 AND fenced_at IS NULL AND lease_until >= {Now}", connection) { Parameters = { new() { Value = me } } };
        await using var reader = await command.ExecuteReaderAsync(ct);
        var living = new List<Guid>();
        while (await reader.ReadAsync(ct))
        {
            living.Add(reader.GetGuid(0));
        }

        return [.. living];
    }

    public static async Task Leave(NpgsqlConnection connection, Guid me, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("DELETE FROM nodes_leases WHERE id = $1", connection) { Parameters = { new() { Value = me } } };
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Dead nodes are shown for an hour; letters are read at once or never.</summary>
    public static async Task Tidy(NpgsqlConnection connection, CancellationToken ct)
    {
        await using var command = new NpgsqlCommand($"DELETE FROM nodes_leases WHERE reaped AND lease_until < {Now} - 3600000; DELETE FROM nodes_letters WHERE at < {Now} - 60000", connection);
        await command.ExecuteNonQueryAsync(ct);
    }
}
