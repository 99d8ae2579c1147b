using System.Data;
using System.Diagnostics.CodeAnalysis;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Messaging;
using Npgsql;
using NpgsqlTypes;

namespace ChatMonolith.Messaging.Log;

/// <summary>
/// The statements that run for each message, on PostgreSQL: one for all messages of a run, their values in arrays. A statement a row
/// costs both sides several times as much, even in one trip.
/// </summary>
[SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "All text is constant; values are parameters.")]
internal sealed class PostgresLogStore(Database database, NpgsqlConnection connection) : LogStore(database, connection)
{
    private const NpgsqlDbType Ids = NpgsqlDbType.Array | NpgsqlDbType.Uuid;
    private const NpgsqlDbType Texts = NpgsqlDbType.Array | NpgsqlDbType.Text;
    private const NpgsqlDbType Numbers = NpgsqlDbType.Array | NpgsqlDbType.Bigint;
    private const NpgsqlDbType Integers = NpgsqlDbType.Array | NpgsqlDbType.Integer;
    private const NpgsqlDbType Blobs = NpgsqlDbType.Array | NpgsqlDbType.Bytea;

    private const string FindRepeatsSql =
        "SELECT k.i, m.id, m.seq, m.created_at, m.request_mac FROM unnest($1, $2, $3) WITH ORDINALITY AS k (room_id, sender_id, client_id, i) "
        + "JOIN msg_messages AS m ON m.room_id = k.room_id AND m.sender_id = k.sender_id AND m.client_id = k.client_id";

    private const string InsertMessagesSql =
        "INSERT INTO msg_messages (id, room_id, seq, sender_id, client_id, request_mac, text, html, reply_to_id, thread_id, created_at, type, reply_count) "
        + "SELECT *, 0 FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";

    private const string InsertEntriesSql =
        "INSERT INTO msg_log (room_id, seq, at, by_id, message_id, type) SELECT *, $6 FROM unnest($1, $2, $3, $4, $5)";

    private const string UpdateHeadsSql =
        "UPDATE msg_heads SET seq = n.seq, digest = n.digest FROM unnest($1, $2, $3) AS n (room_id, seq, digest) WHERE msg_heads.room_id = n.room_id";

    private readonly Dictionary<string, NpgsqlCommand> prepared = new(StringComparer.Ordinal);

    /// <summary>A run's messages and their entries.</summary>
    private NpgsqlBatch? together;
    private bool togetherIsPrepared;

    public override async Task<Repeat?[]> FindRepeats(IReadOnlyList<SendItem> items, CancellationToken ct)
    {
        var found = new Repeat?[items.Count];
        if (items.Count == 0)
        {
            return found;
        }

        var command = await Prepare(
            FindRepeatsSql, ct, (Ids, items.Map(i => i.Command.RoomId)), (Ids, items.Map(i => i.Command.SenderId)), (Texts, items.Map(i => i.Command.ClientId)));
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.Default, ct);
        while (await reader.ReadAsync(ct))
        {
            found[reader.GetInt64(0) - 1] = new Repeat(reader.GetGuid(1), reader.GetInt64(2), reader.GetInt64(3), reader.GetFieldValue<byte[]>(4));
        }

        return found;
    }

    public override async Task InsertMessages(IReadOnlyList<NewMessage> messages, CancellationToken ct)
    {
        if (messages.Count == 0)
        {
            return;
        }

        var (ids, rooms, seqs, senders, times) =
            (messages.Map(m => m.Id), messages.Map(m => m.RoomId), messages.Map(m => m.State.Seq), messages.Map(m => m.SenderId), messages.Map(m => m.At));
        await RunTogether(
            ct,
            (InsertMessagesSql,
            [
                (Ids, ids),
                (Ids, rooms),
                (Numbers, seqs),
                (Ids, senders),
                (Texts, messages.Map(m => m.ClientId)),
                (Blobs, messages.Map(m => m.RequestMac)),
                (Texts, messages.Map(m => m.Text)),
                (Texts, messages.Map(m => m.Html)),
                (Ids, messages.Map(m => m.ReplyTo)),
                (Ids, messages.Map(m => m.ThreadId)),
                (Numbers, times),
                (Integers, messages.Map(m => (int)m.Type)),
            ]),
            (InsertEntriesSql, [(Ids, rooms), (Numbers, seqs), (Numbers, times), (Ids, senders), (Ids, ids), (NpgsqlDbType.Integer, (int)LogEntryType.MessageCreated)]));
        await CountReplies(messages, ct);
    }

    public override async ValueTask DisposeAsync()
    {
        if (together is not null)
        {
            await together.DisposeAsync();
        }

        foreach (var command in prepared.Values)
        {
            await command.DisposeAsync();
        }

        await base.DisposeAsync();
    }

    protected override async Task UpdateRoomHeads(StagedHeads staged, CancellationToken ct)
    {
        if (staged.Rooms.Count == 0)
        {
            return;
        }

        // In the order of ids: two writers never wait for each other crosswise.
        var heads = staged.Rooms.OrderBy(r => r.Key).ToArray();
        var command = await Prepare(
            UpdateHeadsSql,
            ct,
            (Ids, heads.Map(h => h.Key)),
            (Numbers, heads.Map(h => h.Value.Seq)),
            (Blobs, heads.Map(h => h.Value.Digest)));
        await command.ExecuteNonQueryAsync(ct);
    }

    /// <summary>Statements without results, in one trip.</summary>
    private async Task RunTogether(CancellationToken ct, params (string Sql, (NpgsqlDbType Type, object Value)[] Values)[] statements)
    {
        if (together is null)
        {
            together = new NpgsqlBatch(connection);
            foreach (var (sql, values) in statements)
            {
                var command = new NpgsqlBatchCommand(sql);
                Array.ForEach(values, v => command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = v.Type }));
                together.BatchCommands.Add(command);
            }
        }

        for (var i = 0; i < statements.Length; i++)
        {
            var values = statements[i].Values;
            for (var j = 0; j < values.Length; j++)
            {
                together.BatchCommands[i].Parameters[j].Value = values[j].Value;
            }
        }

        together.Transaction = (NpgsqlTransaction?)Transaction;
        if (!togetherIsPrepared)
        {
            await together.PrepareAsync(ct);
            togetherIsPrepared = true;
        }

        await together.ExecuteNonQueryAsync(ct);
    }

    private async ValueTask<NpgsqlCommand> Prepare(string sql, CancellationToken ct, params (NpgsqlDbType Type, object Value)[] values)
    {
        if (!prepared.TryGetValue(sql, out var command))
        {
            command = new NpgsqlCommand(sql, connection);
            foreach (var (type, _) in values)
            {
                command.Parameters.Add(new NpgsqlParameter { NpgsqlDbType = type });
            }

            prepared[sql] = command;
        }

        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i].Value;
        }

        command.Transaction = (NpgsqlTransaction?)Transaction;
        if (!command.IsPrepared)
        {
            await command.PrepareAsync(ct);
        }

        return command;
    }
}

file static class Arrays
{
    public static TTo[] Map<TFrom, TTo>(this IReadOnlyList<TFrom> items, Func<TFrom, TTo> map)
    {
        var result = new TTo[items.Count];
        for (var i = 0; i < result.Length; i++)
        {
            result[i] = map(items[i]);
        }

        return result;
    }
}
