using System.Diagnostics.CodeAnalysis;
using System.Text;
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
    /// <summary>From here on each commit merges more than it adds.</summary>
    public const int SoftLimit = 8_192;

    /// <summary>UTF-16 units of text and HTML; the same for long messages.</summary>
    public const int SoftTextLimit = 8 * 1024 * 1024;

    private const byte Version = 1;
    private readonly SqliteStatement insertRow;
    private readonly SqliteStatement deleteRow;
    private readonly Dictionary<Guid, List<Waiting>> rooms = [];
    private readonly Queue<Guid> oldestFirst = new();
    private readonly Dictionary<(Guid Room, Guid Sender, string ClientId), Repeat> keys = [];
    private readonly Dictionary<long, int> unmergedOfRow = [];
    private readonly List<NewMessage> staged = [];
    private readonly List<Guid> merging = [];
    private readonly List<long> deleting = [];
    private readonly MemoryStream body = new();
    private readonly BinaryWriter writer;
    private long stagedRow;
    private long nextRow = 1;

    public LogTail(SqliteConnection connection)
    {
        insertRow = new SqliteStatement(connection, "INSERT INTO msg_tail (n, messages) VALUES (?1, ?2)");
        deleteRow = new SqliteStatement(connection, "DELETE FROM msg_tail WHERE n = ?1");
        writer = new BinaryWriter(body, Encoding.UTF8, leaveOpen: true);
    }

    /// <summary>Messages that wait for the tables.</summary>
    public int Count { get; private set; }

    public int TextLength { get; private set; }

    public Repeat? Find(SendItem item) => keys.GetValueOrDefault((item.Command.RoomId, item.Command.SenderId, item.Command.ClientId));

    /// <summary>Reads what an earlier process, or a connection that has failed, has left.</summary>
    /// <exception cref="StartRefusedException">The tail does not fit the tables.</exception>
    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "The text is constant.")]
    public async Task Load(SqliteConnection connection, LogHeads heads, Func<Guid, CancellationToken, Task<LogHead>> loadHead, CancellationToken ct)
    {
        var states = new Dictionary<Guid, LogHead.State>();
        var trimmed = new Dictionary<Guid, long>();
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT n, messages FROM msg_tail ORDER BY n";
        await using var reader = await command.ExecuteReaderAsync(ct).ConfigureAwait(false);
        while (await reader.ReadAsync(ct).ConfigureAwait(false))
        {
            var row = reader.GetInt64(0);
            unmergedOfRow[row] = 0;
            nextRow = row + 1;
            foreach (var read in Decode(reader.GetFieldValue<byte[]>(1)))
            {
                if (!states.TryGetValue(read.RoomId, out var state))
                {
                    var head = await loadHead(read.RoomId, ct).ConfigureAwait(false);
                    (state, trimmed[read.RoomId]) = (head.Committed, head.TrimmedTo);
                }

                if (read.State.Seq > state.Seq)
                {
                    state = After(state, read);
                    var message = read with { State = state };
                    Add(message, row);
                    keys[Key(message)] = new Repeat(message.Id, state.Seq, message.At, message.RequestMac);
                }

                states[read.RoomId] = state;
            }
        }

        foreach (var (room, state) in states)
        {
            heads.Rooms.GetOrAdd(room, _ => new LogHead(state.Seq, state.Digest) { TrimmedTo = trimmed[room] }).Committed = state;
        }
    }

    /// <summary>Messages of the transaction in progress.</summary>
    public void Stage(IReadOnlyList<NewMessage> messages)
    {
        staged.AddRange(messages);
        foreach (var message in messages)
        {
            keys[Key(message)] = new Repeat(message.Id, message.State.Seq, message.At, message.RequestMac);
        }
    }

    /// <summary>Writes what was staged, as one row.</summary>
    public void WriteStaged()
    {
        if (staged.Count == 0)
        {
            return;
        }

        body.SetLength(0);
        writer.Write(Version);
        writer.Write7BitEncodedInt(staged.Count);
        foreach (var message in staged)
        {
            Encode(message);
        }

        writer.Flush();
        stagedRow = nextRow;
        insertRow.Bind(stagedRow).Bind(body.GetBuffer().AsSpan(0, (int)body.Length)).Run();
    }

    /// <summary>Moves whole rooms into the tables, in the transaction in progress, until <paramref name="atLeast"/> messages are moved.</summary>
    /// <param name="atLeast">How many messages, if there are so many.</param>
    /// <param name="insert">Writes the messages and entries of one room.</param>
    public void Merge(int atLeast, Action<IReadOnlyList<NewMessage>> insert)
    {
        var moved = 0;
        var emptied = new Dictionary<long, int>();
        foreach (var room in oldestFirst)
        {
            if (moved >= atLeast)
            {
                break;
            }

            var waiting = rooms[room];
            insert(waiting.ConvertAll(w => w.Message));
            moved += waiting.Count;
            merging.Add(room);
            foreach (var row in waiting)
            {
                emptied[row.Row] = emptied.GetValueOrDefault(row.Row) + 1;
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
            rooms.Remove(room, out var merged);
            merged!.ForEach(Remove);
        }

        deleting.ForEach(row => unmergedOfRow.Remove(row));
        merging.Clear();
        deleting.Clear();
        staged.ForEach(message => Add(message, stagedRow));

        nextRow = staged.Count > 0 ? stagedRow + 1 : nextRow;
        staged.Clear();
    }

    public void Dispose()
    {
        insertRow.Dispose();
        deleteRow.Dispose();
        writer.Dispose();
        body.Dispose();
    }

    private static LogHead.State After(LogHead.State before, NewMessage message)
    {
        if (message.State.Seq != before.Seq + 1)
        {
            throw new StartRefusedException($"The log's tail holds message {message.State.Seq} of room {message.RoomId}, whose log ends at {before.Seq}. Restore the database from a backup.");
        }

        var entry = new LogEntry(LogEntryType.MessageCreated, message.SenderId, message.Id);
        return new LogHead.State(message.State.Seq, Digest.Next(before.Digest, message.RoomId, message.State.Seq, entry, message.At));
    }

    private static (Guid Room, Guid Sender, string ClientId) Key(NewMessage message) => (message.RoomId, message.SenderId, message.ClientId);

    private static int Length(NewMessage message) => message.Text.Length + (message.Html?.Length ?? 0);

    private void Add(NewMessage message, long row)
    {
        if (!rooms.TryGetValue(message.RoomId, out var waiting))
        {
            rooms[message.RoomId] = waiting = [];
            oldestFirst.Enqueue(message.RoomId);
        }

        waiting.Add(new Waiting(message, row));
        unmergedOfRow[row] = unmergedOfRow.GetValueOrDefault(row) + 1;
        Count++;
        TextLength += Length(message);
    }

    private void Remove(Waiting waiting)
    {
        var (message, row) = waiting;
        keys.Remove(Key(message));
        unmergedOfRow[row]--;
        Count--;
        TextLength -= Length(message);
    }

    private void Encode(NewMessage message)
    {
        Write(message.Id);
        Write(message.RoomId);
        writer.Write7BitEncodedInt64(message.State.Seq);
        Write(message.SenderId);
        writer.Write(message.ClientId);
        writer.Write7BitEncodedInt(message.RequestMac.Length);
        writer.Write(message.RequestMac);
        writer.Write(message.Text);
        writer.Write(message.Html is not null);
        if (message.Html is not null)
        {
            writer.Write(message.Html);
        }

        writer.Write7BitEncodedInt64(message.At);
    }

    private void Write(Guid id)
    {
        Span<byte> bytes = stackalloc byte[16];
        id.TryWriteBytes(bytes, bigEndian: true, out _);
        writer.Write(bytes);
    }

    internal static IEnumerable<NewMessage> Decode(byte[] bytes)
    {
        using var reader = new BinaryReader(new MemoryStream(bytes), Encoding.UTF8);
        var version = reader.ReadByte();
        if (version != Version)
        {
            throw new StartRefusedException($"The log's tail was written by a later version of the server (format {version}). Start that one, and stop it in order.");
        }

        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var id = ReadId(reader);
            var room = ReadId(reader);
            var seq = reader.Read7BitEncodedInt64();
            var sender = ReadId(reader);
            var clientId = reader.ReadString();
            var mac = reader.ReadBytes(reader.Read7BitEncodedInt());
            var text = reader.ReadString();
            var html = reader.ReadBoolean() ? reader.ReadString() : null;
            yield return new NewMessage(id, room, new LogHead.State(seq, []), sender, clientId, mac, text, html, null, null, reader.Read7BitEncodedInt64());
        }
    }

    private static Guid ReadId(BinaryReader reader)
    {
        Span<byte> bytes = stackalloc byte[16];
        reader.BaseStream.ReadExactly(bytes);
        return new Guid(bytes, bigEndian: true);
    }

    private readonly record struct Waiting(NewMessage Message, long Row);
}
