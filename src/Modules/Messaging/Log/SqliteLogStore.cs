using System.Text;
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

    private const string LastClientIdSql = "SELECT MAX(client_id) FROM msg_messages WHERE room_id = ?1 AND sender_id = ?2";

    /// <summary>Rooms are merged whole, and the more of a room are merged at once, the fewer pages are written for each.</summary>
    private const int MergePerCommit = 4_096;
    private const int MostLastClientIds = 32_768;
    private readonly SqliteStatement findRepeat = new(connection, RepeatSql);
    private readonly SqliteStatement lastClientId = new(connection, LastClientIdSql);
    private readonly SqliteStatement insertMessage = new(connection, InsertMessageSql);
    private readonly SqliteStatement insertEntry = new(connection, InsertEntrySql);
    private readonly SqliteStatement updateHead = new(connection, UpdateHeadSql);
    private readonly LogTail tail = new(connection);

    /// <summary>The last in order of the client ids that somebody has used in a room, or a later one.</summary>
    private readonly Dictionary<(Guid Room, Guid Sender), byte[]> lastClientIds = [];
    private bool toTail;

    public override int Unmerged => tail.Count;

    public override bool WritesAtOnce => !toTail;

    public override Task Load(LogHeads heads, CancellationToken ct) => tail.Load(connection, heads, LoadRoomHead, ct);

    public override void Begun(bool onlyPlain)
    {
        toTail = onlyPlain;
        if (!onlyPlain)
        {
            MergeSome(int.MaxValue);
        }
        else if (tail.IsFull)
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
            found[i] = tail.Find(items[i]);
            if (found[i] is null && !IsBehindAll(command.RoomId, command.SenderId, command.ClientId))
            {
                found[i] = findRepeat.Bind(command.RoomId).Bind(command.SenderId).Bind(command.ClientId)
                    .First(static row => new Repeat(row.Id(0), row.Number(1), row.Number(2), row.Bytes(3)));
            }
        }

        return Task.FromResult(found);
    }

    public override Task InsertMessages(IReadOnlyList<NewMessage> messages, CancellationToken ct)
    {
        foreach (var m in messages)
        {
            RaiseLast(m);
        }

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
        lastClientId.Dispose();
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

    private void InsertRoom(LogTail.WaitingRoom room)
    {
        foreach (var entry in room.Entries)
        {
            var m = entry.Message;
            insertMessage.Bind(m.IdSpan).Bind(m.RoomSpan).Bind(m.Seq).Bind(m.SenderSpan).BindText(m.ClientId).Bind(m.RequestMac)
                .Bind((long)MessageType.Text).BindText(m.Text);
            _ = m.HasHtml ? insertMessage.BindText(m.Html) : insertMessage.BindNull();
            insertMessage.BindNull().BindNull().Bind(m.At).Run();
            insertEntry.Bind(m.RoomSpan).Bind(m.Seq).Bind((long)LogEntryType.MessageCreated).Bind(m.At).Bind(m.SenderSpan).Bind(m.IdSpan)
                .BindNull().BindNull().BindNull().Run();
        }

        UpdateHead(room.Id, room.Last);
    }

    private void Insert(IReadOnlyList<NewMessage> messages)
    {
        foreach (var m in messages)
        {
            insertMessage.Bind(m.Id).Bind(m.RoomId).Bind(m.State.Seq).Bind(m.SenderId).Bind(m.ClientId).Bind(m.RequestMac)
                .Bind((long)m.Type).Bind(m.Text).Bind(m.Html).Bind(m.ReplyTo).Bind(m.ThreadId).Bind(m.At).Run();
            insertEntry.Bind(m.RoomId).Bind(m.State.Seq).Bind((long)LogEntryType.MessageCreated).Bind(m.At).Bind(m.SenderId).Bind(m.Id)
                .BindNull().BindNull().BindNull().Run();
        }
    }

    /// <summary>
    /// Whether a client id comes after all that the sender has used in the room: then it is certainly no repeat, and the index need
    /// not be asked. Clients whose ids grow with time save the server that look-up for every message.
    /// </summary>
    private bool IsBehindAll(Guid room, Guid sender, string clientId)
    {
        if (!lastClientIds.TryGetValue((room, sender), out var last))
        {
            if (lastClientIds.Count >= MostLastClientIds)
            {
                lastClientIds.Clear();
            }

            last = lastClientId.Bind(room).Bind(sender).First(static row => row.Bytes(0)) ?? [];
            var waiting = tail.LastClientId(room, sender);
            lastClientIds[(room, sender)] = last = waiting.SequenceCompareTo(last) > 0 ? waiting.ToArray() : last;
        }

        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(clientId.Length)];
        bytes = bytes[..Encoding.UTF8.GetBytes(clientId, bytes)];
        return bytes.SequenceCompareTo(last) > 0;
    }

    /// <summary>A transaction that then fails leaves it too high, which costs a look-up and nothing else.</summary>
    private void RaiseLast(NewMessage message)
    {
        var key = (message.RoomId, message.SenderId);
        if (!lastClientIds.TryGetValue(key, out var last))
        {
            return;
        }

        Span<byte> bytes = stackalloc byte[Encoding.UTF8.GetMaxByteCount(message.ClientId.Length)];
        bytes = bytes[..Encoding.UTF8.GetBytes(message.ClientId, bytes)];
        if (bytes.SequenceCompareTo(last) <= 0)
        {
            return;
        }

        if (bytes.Length == last.Length)
        {
            bytes.CopyTo(last);
        }
        else
        {
            lastClientIds[key] = bytes.ToArray();
        }
    }

    private void UpdateHead(Guid room, LogHead.State head) => updateHead.Bind(head.Seq).Bind(head.Digest).Bind(room).Run();
}
