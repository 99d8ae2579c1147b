using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Messaging;

namespace ChatMonolith.Messaging.Log;

/// <summary>An earlier message under the same (room, sender, client id).</summary>
internal sealed record Repeat(Guid Id, long Seq, long CreatedAt, byte[] RequestMac);

/// <summary>A message and its entry, as they go into the tables.</summary>
/// <param name="Id">The message's.</param>
/// <param name="RoomId">Whose log it stands in.</param>
/// <param name="State">The log's head with this message: its number, and the digest up to it.</param>
/// <param name="SenderId">Who wrote it.</param>
/// <param name="ClientId">The sender's name for it, once for ever in this room.</param>
/// <param name="RequestMac">Tells a repeat from another request.</param>
/// <param name="Text">As it was written.</param>
/// <param name="Html">Where it differs from the text.</param>
/// <param name="ReplyTo">The message it quotes.</param>
/// <param name="ThreadId">The root of its thread.</param>
/// <param name="At">UTC milliseconds.</param>
internal sealed record NewMessage(
    Guid Id, Guid RoomId, LogHead.State State, Guid SenderId, string ClientId, byte[] RequestMac, string Text, string? Html, Guid? ReplyTo, Guid? ThreadId, long At)
{
    /// <summary><see cref="MessageType.Text"/> for all that wait in the tail.</summary>
    public MessageType Type { get; init; }
}

/// <summary>
/// The statements of the append path, prepared once on the writer's own connection. EF is the way to the database everywhere else;
/// here a message would cost it more than the disk does.
/// </summary>
[SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "All text is constant; values are parameters.")]
internal abstract class LogStore(Database database, DbConnection connection) : IAsyncDisposable
{
    private const string InsertHeadSql = "INSERT INTO msg_heads (room_id, seq, digest) VALUES (@p0, 0, @p1)";
    private const string LoadRoomSql = "SELECT seq, digest, (SELECT to_seq FROM msg_trims WHERE room_id = @p0) FROM msg_heads WHERE room_id = @p0";
    private const string LoadUserSql = "SELECT seq FROM msg_user_heads WHERE user_id = @p0";
    private const string UpdateUserHeadSql = "INSERT INTO msg_user_heads (user_id, seq) VALUES (@p0, @p1) ON CONFLICT (user_id) DO UPDATE SET seq = excluded.seq";
    private const string SpentSql = "SELECT message_id, seq, created_at, request_mac FROM msg_spent WHERE room_id = @p0 AND sender_id = @p1 AND client_id = @p2";
    private const string InsertUserEntrySql = "INSERT INTO msg_user_log (user_id, user_seq, at, type, payload) VALUES (@p0, @p1, @p2, @p3, @p4)";
    private const string MoveReadSql =
        "INSERT INTO msg_reads (room_id, user_id, seq, at) VALUES (@p0, @p1, @p2, @p3) "
        + "ON CONFLICT (room_id, user_id) DO UPDATE SET seq = excluded.seq, at = excluded.at WHERE excluded.seq > msg_reads.seq";

    protected const string InsertEntrySql =
        "INSERT INTO msg_log (room_id, seq, type, at, by_id, message_id, user_id, emoji, role) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8)";

    private const string CountReplySql = "UPDATE msg_messages SET reply_count = reply_count + 1, last_reply_at = @p0 WHERE id = @p1";

    private readonly Dictionary<string, DbCommand> prepared = new(StringComparer.Ordinal);

    public DbTransaction? Transaction { get; set; }

    /// <summary>Messages that are committed, but not yet where readers look.</summary>
    public virtual int Unmerged => 0;

    /// <summary>Whether appended messages change the database before the end of the transaction: then a run of them that fails has to be taken back there.</summary>
    public virtual bool WritesAtOnce => true;

    /// <summary>Before the first transaction on this connection.</summary>
    public virtual Task Load(LogHeads heads, CancellationToken ct) => Task.CompletedTask;

    /// <summary>A transaction has begun.</summary>
    /// <param name="onlyPlain">It appends plain messages and does nothing else to rooms' logs, so they need not go where readers look at once.</param>
    public virtual void Begun(bool onlyPlain)
    {
    }

    /// <summary>The transaction is durable. There is no opposite: after a failure the connection is thrown away, and this with it.</summary>
    public virtual void Committed()
    {
    }

    public Task InsertHead(Guid roomId, byte[] digest, CancellationToken ct) => Execute(InsertHeadSql, ct, database.Id(roomId), digest);

    /// <exception cref="InvalidOperationException">The room has no log.</exception>
    public async Task<LogHead> LoadRoomHead(Guid roomId, CancellationToken ct)
    {
        await using var reader = await Query(LoadRoomSql, ct, database.Id(roomId)).ConfigureAwait(false);
        return await reader.ReadAsync(ct).ConfigureAwait(false)
            ? new LogHead(reader.GetInt64(0), reader.GetFieldValue<byte[]>(1)) { TrimmedTo = reader.IsDBNull(2) ? 0 : reader.GetInt64(2) }
            : throw new InvalidOperationException("A log was used before it was opened.");
    }

    public async Task<LogHead> LoadUserHead(Guid userId, CancellationToken ct)
    {
        await using var reader = await Query(LoadUserSql, ct, database.Id(userId)).ConfigureAwait(false);
        return new LogHead(await reader.ReadAsync(ct).ConfigureAwait(false) ? reader.GetInt64(0) : 0, []);
    }

    public Task InsertEntry(Guid roomId, long seq, LogEntry entry, long at, CancellationToken ct) =>
        Execute(InsertEntrySql, ct, EntryValues(roomId, seq, entry, at));

    public Task InsertUserEntry(Guid userId, long seq, string type, byte[] payload, long at, CancellationToken ct) =>
        Execute(InsertUserEntrySql, ct, database.Id(userId), seq, at, type, System.Text.Encoding.UTF8.GetString(payload));

    public Task MoveReadPosition(Guid roomId, Guid userId, long seq, long at, CancellationToken ct) =>
        Execute(MoveReadSql, ct, database.Id(roomId), database.Id(userId), seq, at);

    public async Task UpdateHeads(StagedHeads staged, CancellationToken ct)
    {
        await UpdateRoomHeads(staged, ct).ConfigureAwait(false);
        await Run(UpdateUserHeadSql, [.. staged.Users.OrderBy(u => u.Key).Select(u => (object[])[database.Id(u.Key), u.Value.Seq])], ct).ConfigureAwait(false);
    }

    /// <summary>The earlier messages under the keys of <paramref name="items"/>, in their order; null where there is none.</summary>
    public abstract Task<Repeat?[]> FindRepeats(IReadOnlyList<SendItem> items, CancellationToken ct);

    /// <summary>An earlier message under the item's key that has expired.</summary>
    public async Task<Repeat?> FindSpent(SendItem item, CancellationToken ct)
    {
        var (room, sender) = (database.Id(item.Command.RoomId), database.Id(item.Command.SenderId));
        await using var reader = await Query(SpentSql, ct, room, sender, item.Command.ClientId).ConfigureAwait(false);
        return await reader.ReadAsync(ct).ConfigureAwait(false)
            ? new Repeat(Database.ReadId(reader, 0), reader.GetInt64(1), reader.GetInt64(2), reader.GetFieldValue<byte[]>(3))
            : null;
    }

    public abstract Task InsertMessages(IReadOnlyList<NewMessage> messages, CancellationToken ct);

    public virtual async ValueTask DisposeAsync()
    {
        foreach (var command in prepared.Values)
        {
            await command.DisposeAsync().ConfigureAwait(false);
        }
    }

    protected abstract Task UpdateRoomHeads(StagedHeads staged, CancellationToken ct);

    protected Task CountReplies(IReadOnlyList<NewMessage> messages, CancellationToken ct) =>
        messages.Any(m => m.ThreadId is not null) ? Run(CountReplySql, [.. messages.Where(m => m.ThreadId is not null).Select(m => (object[])[m.At, database.Id(m.ThreadId!.Value)])], ct) : Task.CompletedTask;

    private object[] EntryValues(Guid roomId, long seq, LogEntry entry, long at) =>
    [
        database.Id(roomId), seq, (int)entry.Type, at, database.Id(entry.By), database.IdOrNull(entry.MessageId), database.IdOrNull(entry.UserId),
        (object?)entry.Emoji ?? DBNull.Value, entry.Role is { } role ? (int)role : DBNull.Value,
    ];

    /// <summary>One statement for many rows: in one trip to PostgreSQL, one by one in process on SQLite.</summary>
    private async Task Run(string sql, IReadOnlyList<object[]> rows, CancellationToken ct)
    {
        if (rows.Count > 1 && !database.IsSqlite)
        {
            await using var batch = NewBatch(sql, rows);
            await batch.ExecuteNonQueryAsync(ct).ConfigureAwait(false);
            return;
        }

        foreach (var row in rows)
        {
            await Execute(sql, ct, row).ConfigureAwait(false);
        }
    }

    private DbBatch NewBatch(string sql, IEnumerable<object[]> rows)
    {
        var batch = connection.CreateBatch();
        batch.Transaction = Transaction;
        foreach (var row in rows)
        {
            var command = batch.CreateBatchCommand();
            command.CommandText = sql;
            for (var i = 0; i < row.Length; i++)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = ParameterName(i);
                parameter.Value = row[i];
                command.Parameters.Add(parameter);
            }

            batch.BatchCommands.Add(command);
        }

        return batch;
    }

    private Task<int> Execute(string sql, CancellationToken ct, params object[] values) => Prepare(sql, values).ExecuteNonQueryAsync(ct);

    private Task<DbDataReader> Query(string sql, CancellationToken ct, params object[] values) => Prepare(sql, values).ExecuteReaderAsync(CommandBehavior.SingleRow, ct);

    private DbCommand Prepare(string sql, object[] values)
    {
        if (!prepared.TryGetValue(sql, out var command))
        {
            command = connection.CreateCommand();
            command.CommandText = sql;
            for (var i = 0; i < values.Length; i++)
            {
                var parameter = command.CreateParameter();
                parameter.ParameterName = ParameterName(i);
                command.Parameters.Add(parameter);
            }

            prepared[sql] = command;
        }

        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        command.Transaction = Transaction;
        return command;
    }

    private static string ParameterName(int index) => index switch
    {
        0 => "@p0", 1 => "@p1", 2 => "@p2", 3 => "@p3", 4 => "@p4", 5 => "@p5", 6 => "@p6", 7 => "@p7", _ => "@p8",
    };
}
