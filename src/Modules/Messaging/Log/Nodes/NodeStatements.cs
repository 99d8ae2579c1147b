using System.Diagnostics.CodeAnalysis;
using ChatMonolith.BuildingBlocks.Persistence;
using Npgsql;
using NpgsqlTypes;

namespace ChatMonolith.Messaging.Log.Nodes;

/// <summary>A room's head as it stands in the table.</summary>
internal sealed record StoredHead(Guid RoomId, LogHead.State State, long TrimmedTo);

/// <summary>A note of another node; null where it is gone already.</summary>
internal sealed record StoredNote(Guid Node, long Number, byte[]? Note, long Age);

/// <summary>What a transaction finds at its beginning.</summary>
/// <param name="MayCommit">This node has not been shut out.</param>
/// <param name="Heads">Of the rooms that were asked for, locked for this transaction.</param>
/// <param name="Notes">Of all other nodes, since the last ones that were followed; by node, in their order.</param>
internal sealed record Entered(bool MayCommit, IReadOnlyList<StoredHead> Heads, IReadOnlyList<StoredNote> Notes);

/// <summary>The statements by which several writers keep out of each other's way, on the writer's connection; in one trip each.</summary>
[SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "All text is constant; values are parameters.")]
internal sealed class NodeStatements(NpgsqlConnection connection, string guard) : IAsyncDisposable
{
    private const string Now = Database.PostgresNow;

    private const string HeadsSql =
        "SELECT h.room_id, h.seq, h.digest, t.to_seq FROM msg_heads AS h LEFT JOIN msg_trims AS t ON t.room_id = h.room_id "
        + "WHERE h.room_id = ANY($1) ORDER BY h.room_id FOR UPDATE OF h";

    /// <summary>Each statement sees what was committed before it began: after the locks, all that they had to wait for.</summary>
    private const string NotesSql =
        "SELECT w.node, w.n, b.n, b.note, " + Now + " - b.at FROM msg_writers AS w "
        + "LEFT JOIN unnest($1, $2) AS c (node, n) ON c.node = w.node "
        + "LEFT JOIN msg_batches AS b ON b.node = w.node AND b.n > coalesce(c.n, 0) AND b.n <= w.n "
        + "WHERE w.node <> $3 AND w.n > coalesce(c.n, 0) ORDER BY w.node, b.n";

    private const string NoteSql = "INSERT INTO msg_batches (node, n, at, note) VALUES ($1, $2, " + Now + ", $3)";

    private const string WriterSql =
        "INSERT INTO msg_writers (node, n, at) VALUES ($1, $2, " + Now + ") ON CONFLICT (node) DO UPDATE SET n = excluded.n, at = excluded.at";

    private readonly NpgsqlBatch shared = Entering(connection, guard, "pg_advisory_xact_lock_shared");
    private readonly NpgsqlBatch alone = Entering(connection, guard, "pg_advisory_xact_lock");
    private readonly NpgsqlCommand notes = Following(connection);
    private readonly NpgsqlBatch noting = Noting(connection);
    private readonly HashSet<object> prepared = [];

    /// <summary>The number of each node's last commit.</summary>
    public async Task<Dictionary<Guid, long>> Writers(CancellationToken ct)
    {
        await using var command = new NpgsqlCommand("SELECT node, n FROM msg_writers", connection);
        await using var reader = await command.ExecuteReaderAsync(ct);
        var numbers = new Dictionary<Guid, long>();
        while (await reader.ReadAsync(ct))
        {
            numbers[reader.GetGuid(0)] = reader.GetInt64(1);
        }

        return numbers;
    }

    /// <summary>Takes the locks, and looks what the others have done until then.</summary>
    /// <param name="transaction">It holds them.</param>
    /// <param name="isAlone">Nobody else writes beside it.</param>
    /// <param name="me">This node.</param>
    /// <param name="rooms">Whose heads are locked.</param>
    /// <param name="followed">How far the other nodes are followed.</param>
    /// <param name="ct">Cancels the waiting.</param>
    public async Task<Entered> Enter(NpgsqlTransaction transaction, bool isAlone, Guid me, Guid[] rooms, IReadOnlyDictionary<Guid, long> followed, CancellationToken ct)
    {
        var batch = isAlone ? alone : shared;
        batch.Transaction = transaction;
        batch.BatchCommands[1].Parameters[0].Value = me;
        batch.BatchCommands[2].Parameters[0].Value = rooms;
        SetFollowed(batch.BatchCommands[3].Parameters, me, followed);
        if (prepared.Add(batch))
        {
            await batch.PrepareAsync(ct);
        }

        await using var reader = await batch.ExecuteReaderAsync(ct);
        await reader.NextResultAsync(ct);
        var mayCommit = await reader.ReadAsync(ct);
        await reader.NextResultAsync(ct);
        var heads = new List<StoredHead>(rooms.Length);
        while (await reader.ReadAsync(ct))
        {
            heads.Add(new StoredHead(reader.GetGuid(0), new LogHead.State(reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)), reader.IsDBNull(3) ? 0 : reader.GetInt64(3)));
        }

        await reader.NextResultAsync(ct);
        return new Entered(mayCommit, heads, await Notes(reader, ct));
    }

    /// <summary>What the others have done, without any lock.</summary>
    public async Task<IReadOnlyList<StoredNote>> Look(NpgsqlTransaction? transaction, Guid me, IReadOnlyDictionary<Guid, long> followed, CancellationToken ct)
    {
        notes.Transaction = transaction;
        SetFollowed(notes.Parameters, me, followed);
        if (prepared.Add(notes))
        {
            await notes.PrepareAsync(ct);
        }

        await using var reader = await notes.ExecuteReaderAsync(ct);
        return await Notes(reader, ct);
    }

    /// <summary>Leaves the note of what is about to be committed.</summary>
    public async Task Note(NpgsqlTransaction transaction, Guid me, long number, BatchNote note, CancellationToken ct)
    {
        noting.Transaction = transaction;
        noting.BatchCommands[0].Parameters[0].Value = me;
        noting.BatchCommands[0].Parameters[1].Value = number;
        noting.BatchCommands[0].Parameters[2].Value = note.Write();
        noting.BatchCommands[1].Parameters[0].Value = me;
        noting.BatchCommands[1].Parameters[1].Value = number;
        if (prepared.Add(noting))
        {
            await noting.PrepareAsync(ct);
        }

        await noting.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Forgets what all living nodes have followed long ago, and nodes that have ended.</summary>
    public async Task Tidy(CancellationToken ct)
    {
        await using var command = new NpgsqlCommand(
            $"DELETE FROM msg_batches WHERE at < {Now} - 60000; DELETE FROM msg_writers AS w WHERE at < {Now} - 86400000 AND NOT EXISTS (SELECT 1 FROM msg_batches AS b WHERE b.node = w.node)", connection);
        await command.ExecuteNonQueryAsync(ct);
    }

    public async ValueTask DisposeAsync()
    {
        await shared.DisposeAsync();
        await alone.DisposeAsync();
        await notes.DisposeAsync();
        await noting.DisposeAsync();
    }

    private static NpgsqlBatch Entering(NpgsqlConnection connection, string guard, string take)
    {
        var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand($"SELECT {take}({Database.LogLock})"));
        batch.BatchCommands.Add(new NpgsqlBatchCommand(guard) { Parameters = { Of(NpgsqlDbType.Uuid) } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(HeadsSql) { Parameters = { Of(NpgsqlDbType.Array | NpgsqlDbType.Uuid) } });
        var following = new NpgsqlBatchCommand(NotesSql);
        AddFollowed(following.Parameters);
        batch.BatchCommands.Add(following);
        return batch;
    }

    private static NpgsqlCommand Following(NpgsqlConnection connection)
    {
        var command = new NpgsqlCommand(NotesSql, connection);
        AddFollowed(command.Parameters);
        return command;
    }

    private static NpgsqlBatch Noting(NpgsqlConnection connection)
    {
        var batch = new NpgsqlBatch(connection);
        batch.BatchCommands.Add(new NpgsqlBatchCommand(NoteSql) { Parameters = { Of(NpgsqlDbType.Uuid), Of(NpgsqlDbType.Bigint), Of(NpgsqlDbType.Bytea) } });
        batch.BatchCommands.Add(new NpgsqlBatchCommand(WriterSql) { Parameters = { Of(NpgsqlDbType.Uuid), Of(NpgsqlDbType.Bigint) } });
        return batch;
    }

    private static void AddFollowed(NpgsqlParameterCollection parameters)
    {
        parameters.Add(Of(NpgsqlDbType.Array | NpgsqlDbType.Uuid));
        parameters.Add(Of(NpgsqlDbType.Array | NpgsqlDbType.Bigint));
        parameters.Add(Of(NpgsqlDbType.Uuid));
    }

    private static void SetFollowed(NpgsqlParameterCollection parameters, Guid me, IReadOnlyDictionary<Guid, long> followed)
    {
        parameters[0].Value = followed.Keys.ToArray();
        parameters[1].Value = followed.Values.ToArray();
        parameters[2].Value = me;
    }

    private static NpgsqlParameter Of(NpgsqlDbType type) => new() { NpgsqlDbType = type };

    private static async Task<IReadOnlyList<StoredNote>> Notes(NpgsqlDataReader reader, CancellationToken ct)
    {
        List<StoredNote>? found = null;
        while (await reader.ReadAsync(ct))
        {
            (found ??= []).Add(await reader.IsDBNullAsync(2, ct)
                ? new StoredNote(reader.GetGuid(0), reader.GetInt64(1), null, 0)
                : new StoredNote(reader.GetGuid(0), reader.GetInt64(2), reader.GetFieldValue<byte[]>(3), reader.GetInt64(4)));
        }

        return found ?? [];
    }
}
