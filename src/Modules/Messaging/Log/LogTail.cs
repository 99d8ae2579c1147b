using System.Diagnostics.CodeAnalysis;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Messaging;
using Microsoft.Data.Sqlite;

namespace ChatMonolith.Messaging.Log;

/// <summary>
/// Committed messages that do not stand in the indexed tables yet (ADR 0022). A commit of plain messages writes one row of
/// <c>msg_tail</c>, whatever number of rooms they go to; the tables get them room by room, many at a time. Of each room the first ones
/// are merged first, so its head row tells which of the tail's messages the tables have. Nothing but a merge changes a room's
/// tables while messages of it wait here.
/// </summary>
internal sealed class LogTail : IDisposable
{
    /// <summary>From here on some commits merge more than they add.</summary>
    public const int SoftLimit = 16_384;

    /// <summary>The same in bytes, for long messages.</summary>
    public const int SoftByteLimit = 16 * 1024 * 1024;

    private const byte Version = 1;
    private const int LongestHead = 11;
    private readonly SqliteStatement insertRow;
    private readonly SqliteStatement deleteRow;
    private readonly TailChunks chunks = new();
    private readonly Dictionary<Guid, WaitingRoom> rooms = [];
    private readonly Queue<WaitingRoom> oldestFirst = new();
    private readonly HashSet<TailEntry> keys;
    private readonly HashSet<TailEntry>.AlternateLookup<TailKey> byKey;
    private readonly Dictionary<long, int> unmergedOfRow = [];
    private readonly List<(Guid Room, LogHead.State State, TailEntry Entry)> staged = [];
    private readonly List<WaitingRoom> merging = [];
    private readonly List<long> deleting = [];
    private byte[] body = [];
    private long nextRow = 1;

    public LogTail(SqliteConnection connection)
    {
        insertRow = new SqliteStatement(connection, "INSERT INTO msg_tail (n, messages) VALUES (?1, ?2)");
        deleteRow = new SqliteStatement(connection, "DELETE FROM msg_tail WHERE n = ?1");
        keys = new HashSet<TailEntry>(new ByTailKey());
        byKey = keys.GetAlternateLookup<TailKey>();
    }

    /// <summary>Messages that wait for the tables.</summary>
    public int Count { get; private set; }

    public int ByteCount { get; private set; }

    public bool IsFull => Count >= SoftLimit || ByteCount >= SoftByteLimit;

    public Repeat? Find(SendItem item)
    {
        if (keys.Count == 0)
        {
            return null;
        }

        var command = item.Command;
        Span<byte> room = stackalloc byte[16];
        TailMessage.WriteId(room, command.RoomId);
        Span<byte> key = stackalloc byte[TailMessage.KeyRoom(command.ClientId)];
        key = key[..TailMessage.WriteKey(key, command.SenderId, command.ClientId)];
        if (!byKey.TryGetValue(new TailKey(room, key), out var entry))
        {
            return null;
        }

        var message = entry.Message;
        return new Repeat(message.Id, message.Seq, message.At, message.RequestMac.ToArray());
    }

    /// <summary>The last in order of somebody's client ids in a room that wait here, those of the transaction in progress included; empty if there are none.</summary>
    public ReadOnlySpan<byte> LastClientId(Guid room, Guid sender)
    {
        var last = ReadOnlySpan<byte>.Empty;
        if (rooms.TryGetValue(room, out var waiting))
        {
            foreach (var entry in waiting.Entries)
            {
                last = Later(last, entry.Message, sender);
            }
        }

        foreach (var (stagedRoom, _, entry) in staged)
        {
            last = stagedRoom == room ? Later(last, entry.Message, sender) : last;
        }

        return last;
    }

    /// <summary>Reads what an earlier process, or a connection that has failed, has left.</summary>
    /// <exception cref="StartRefusedException">The tail does not fit the tables.</exception>
    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "The text is constant.")]
    public async Task Load(SqliteConnection connection, LogHeads heads, Func<Guid, CancellationToken, Task<LogHead>> loadHead, CancellationToken ct)
    {
        var loaded = new Dictionary<Guid, LogHead>();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT n, messages FROM msg_tail ORDER BY n";
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            var row = reader.GetInt64(0);
            var bytes = reader.GetFieldValue<byte[]>(1);
            unmergedOfRow[row] = 0;
            nextRow = row + 1;
            foreach (var room in RoomsOf(bytes))
            {
                if (!loaded.ContainsKey(room))
                {
                    loaded[room] = await loadHead(room, ct).ConfigureAwait(false);
                }
            }

            Load(bytes, row, loaded);
        }

        foreach (var (room, head) in loaded)
        {
            heads.Rooms.GetOrAdd(room, _ => new LogHead(head.Committed.Seq, head.Committed.Digest) { TrimmedTo = head.TrimmedTo }).Committed = head.Committed;
        }
    }

    /// <summary>Messages of the transaction in progress.</summary>
    public void Stage(IReadOnlyList<NewMessage> messages)
    {
        foreach (var message in messages)
        {
            var entry = chunks.Add(message, nextRow);
            staged.Add((message.RoomId, message.State, entry));
            keys.Add(entry);
        }
    }

    /// <summary>Writes what was staged, as one row.</summary>
    public void WriteStaged()
    {
        if (staged.Count == 0)
        {
            return;
        }

        var length = LongestHead;
        staged.ForEach(s => length += s.Entry.Length);
        if (body.Length < length)
        {
            body = GC.AllocateUninitializedArray<byte>(length * 2);
        }

        body[0] = Version;
        var at = 1 + TailMessage.WriteNumber(body.AsSpan(1), staged.Count);
        foreach (var (_, _, entry) in staged)
        {
            entry.Bytes.CopyTo(body.AsSpan(at));
            at += entry.Length;
        }

        insertRow.Bind(nextRow).Bind(body.AsSpan(0, at)).Run();
    }

    /// <summary>Moves whole rooms into the tables, in the transaction in progress, until <paramref name="atLeast"/> messages are moved.</summary>
    /// <param name="atLeast">How many messages, if there are so many.</param>
    /// <param name="insert">Writes the messages and entries of one room.</param>
    public void Merge(int atLeast, Action<WaitingRoom> insert)
    {
        var moved = 0;
        var emptied = new Dictionary<long, int>();
        foreach (var room in oldestFirst)
        {
            if (moved >= atLeast)
            {
                break;
            }

            insert(room);
            moved += room.Entries.Count;
            merging.Add(room);
            foreach (var entry in room.Entries)
            {
                emptied[entry.Row] = emptied.GetValueOrDefault(entry.Row) + 1;
            }
        }

        foreach (var (row, unmerged) in unmergedOfRow)
        {
            if (unmerged == emptied.GetValueOrDefault(row))
            {
                deleteRow.Bind(row).Run();
                deleting.Add(row);
            }
        }
    }

    /// <summary>The transaction is durable.</summary>
    public void Committed()
    {
        foreach (var room in merging)
        {
            oldestFirst.Dequeue();
            rooms.Remove(room.Id);
            room.Entries.ForEach(Remove);
        }

        deleting.ForEach(row => unmergedOfRow.Remove(row));
        merging.Clear();
        deleting.Clear();
        nextRow += staged.Count > 0 ? 1 : 0;
        staged.ForEach(s => Add(s.Room, s.State, s.Entry));
        staged.Clear();
        if (Count == 0)
        {
            chunks.Rest();
        }
    }

    public void Dispose()
    {
        insertRow.Dispose();
        deleteRow.Dispose();
    }

    private static ReadOnlySpan<byte> Later(ReadOnlySpan<byte> last, TailMessage message, Guid sender) =>
        message.SenderId == sender && message.ClientId.SequenceCompareTo(last) > 0 ? message.ClientId : last;

    internal delegate void MessageReader(TailMessage message);

    /// <summary>Reads the messages of one row, in the order in which they were written.</summary>
    internal static void Read(byte[] row, MessageReader take)
    {
        var at = Begin(row, out var left);
        for (; left > 0; left--)
        {
            var message = new TailMessage(row.AsSpan(at));
            take(message);
            at += message.Bytes.Length;
        }
    }

    private static HashSet<Guid> RoomsOf(byte[] row)
    {
        var found = new HashSet<Guid>();
        Read(row, message => found.Add(message.RoomId));
        return found;
    }

    /// <returns>Where the first message begins.</returns>
    private static int Begin(byte[] row, out long count)
    {
        if (row[0] != Version)
        {
            throw new StartRefusedException($"The log's tail was written by a later version of the server (format {row[0]}). Start that one, and stop it in order.");
        }

        var at = 1;
        count = TailMessage.Number(row, ref at);
        return at;
    }

    private static LogHead.State After(LogHead.State before, TailMessage message)
    {
        if (message.Seq != before.Seq + 1)
        {
            throw new StartRefusedException($"The log's tail holds message {message.Seq} of room {message.RoomId}, whose log ends at {before.Seq}. Restore the database from a backup.");
        }

        var entry = new LogEntry(LogEntryType.MessageCreated, message.SenderId, message.Id);
        return new LogHead.State(message.Seq, Digest.Next(before.Digest, message.RoomId, message.Seq, entry, message.At));
    }

    private void Load(byte[] bytes, long row, Dictionary<Guid, LogHead> loaded)
    {
        var at = Begin(bytes, out var left);
        for (; left > 0; left--)
        {
            var message = new TailMessage(bytes.AsSpan(at));
            at += message.Bytes.Length;
            var head = loaded[message.RoomId];
            if (message.Seq > head.Committed.Seq)
            {
                head.Committed = After(head.Committed, message);
                var entry = chunks.Add(message, row);
                keys.Add(entry);
                Add(message.RoomId, head.Committed, entry);
            }
        }
    }

    private void Add(Guid room, LogHead.State state, TailEntry entry)
    {
        if (!rooms.TryGetValue(room, out var waiting))
        {
            rooms[room] = waiting = new WaitingRoom(room, state);
            oldestFirst.Enqueue(waiting);
        }

        waiting.Entries.Add(entry);
        waiting.Last = state;
        unmergedOfRow[entry.Row] = unmergedOfRow.GetValueOrDefault(entry.Row) + 1;
        Count++;
        ByteCount += entry.Length;
    }

    private void Remove(TailEntry entry)
    {
        keys.Remove(entry);
        unmergedOfRow[entry.Row]--;
        Count--;
        ByteCount -= entry.Length;
        chunks.Remove(entry);
    }

    /// <summary>What of a room waits, in its order.</summary>
    /// <param name="id">The room.</param>
    /// <param name="last">The log's head with the last of them.</param>
    internal sealed class WaitingRoom(Guid id, LogHead.State last)
    {
        public Guid Id => id;

        public LogHead.State Last { get; set; } = last;

        public List<TailEntry> Entries { get; } = [];
    }
}
