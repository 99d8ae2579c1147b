using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Messaging;
using Microsoft.Data.Sqlite;

namespace ChatMonolith.Messaging.Log;

/// <summary>
/// The statements that run for each message, bound without ADO.NET, and the tail in which plain messages wait for the indexed tables.
/// The rest is as on PostgreSQL.
/// </summary>
internal sealed class SqliteLogStore(Database database, SqliteConnection connection) : LogStore(database, connection)
{
    private const string RepeatSql = "SELECT id, seq, created_at, request_mac FROM msg_messages WHERE room_id = ?1 AND sender_id = ?2 AND client_id = ?3";
    private const string UpdateHeadSql = "UPDATE msg_heads SET seq = ?1, digest = ?2 WHERE room_id = ?3";

    private const string InsertMessageSql =
        "INSERT INTO msg_messages (id, room_id, seq, sender_id, client_id, request_mac, type, text, html, reply_to_id, thread_id, created_at, reply_count) "
        + "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, 0)";

    private const int MergePerCommit = 1_024;
    private readonly SqliteStatement findRepeat = new(connection, RepeatSql);
    private readonly SqliteStatement insertMessage = new(connection, InsertMessageSql);
    private readonly SqliteStatement insertEntry = new(connection, InsertEntrySql);
    private readonly SqliteStatement updateHead = new(connection, UpdateHeadSql);
    private readonly LogTail tail = new(connection);
    private bool toTail;

    public override int Unmerged => tail.Count;

    public override Task Load(LogHeads heads, CancellationToken ct) => tail.Load(connection, heads, LoadRoomHead, ct);

    public override void Begun(bool onlyPlain)
    {
        toTail = onlyPlain;
        if (!onlyPlain)
        {
            MergeSome(int.MaxValue);
        }
        else if (tail.Count >= LogTail.SoftLimit || tail.TextLength >= LogTail.SoftTextLimit)
        {
            MergeSome(MergePerCommit);
        }
    }

    /// <summary>Whole rooms, the oldest first.</summary>
    internal void MergeSome(int atLeast) => tail.Merge(atLeast, InsertRoom);

    public override void Committed() => tail.Committed();

    public override Task<Repeat?[]> FindRepeats(IReadOnlyList<SendItem> items, CancellationToken ct)
    {
        var found = new Repeat?[items.Count];
        for (var i = 0; i < items.Count; i++)
        {
            var command = items[i].Command;
            found[i] = tail.Find(items[i]) ?? findRepeat.Bind(command.RoomId).Bind(command.SenderId).Bind(command.ClientId)
                .First(static row => new Repeat(row.Id(0), row.Number(1), row.Number(2), row.Bytes(3)));
        }

        return Task.FromResult(found);
    }

    public override Task InsertMessages(IReadOnlyList<NewMessage> messages, CancellationToken ct)
    {
        if (toTail)
        {
            tail.Stage(messages);
            return Task.CompletedTask;
        }

        Insert(messages);
        return CountReplies(messages, ct);
    }

    public override ValueTask DisposeAsync()
    {
        findRepeat.Dispose();
        insertMessage.Dispose();
        insertEntry.Dispose();
        updateHead.Dispose();
        tail.Dispose();
        return base.DisposeAsync();
    }

    protected override Task UpdateRoomHeads(StagedHeads staged, CancellationToken ct)
    {
        if (toTail)
        {
            tail.WriteStaged();
            return Task.CompletedTask;
        }

        foreach (var (room, head) in staged.Rooms)
        {
            UpdateHead(room, head);
        }

        return Task.CompletedTask;
    }

    private void InsertRoom(IReadOnlyList<NewMessage> messages)
    {
        Insert(messages);
        UpdateHead(messages[^1].RoomId, messages[^1].State);
    }

    private void Insert(IReadOnlyList<NewMessage> messages)
    {
        foreach (var m in messages)
        {
            insertMessage.Bind(m.Id).Bind(m.RoomId).Bind(m.State.Seq).Bind(m.SenderId).Bind(m.ClientId).Bind(m.RequestMac)
                .Bind((long)m.Type).Bind(m.Text).Bind(m.Html).Bind(m.ReplyTo).Bind(m.ThreadId).Bind(m.At).Run();
        }

        foreach (var m in messages)
        {
            insertEntry.Bind(m.RoomId).Bind(m.State.Seq).Bind((long)LogEntryType.MessageCreated).Bind(m.At).Bind(m.SenderId).Bind(m.Id)
                .BindNull().BindNull().BindNull().Run();
        }
    }

    private void UpdateHead(Guid room, LogHead.State head) => updateHead.Bind(head.Seq).Bind(head.Digest).Bind(room).Run();
}
