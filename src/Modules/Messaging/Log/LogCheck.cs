using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using Microsoft.Data.Sqlite;

namespace ChatMonolith.Messaging.Log;

/// <summary>Follows every room's chain from its beginning, or from where retention has cut it, through the tables and the tail.</summary>
[SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "The texts are constant.")]
internal sealed class LogCheck : ILogCheck
{
    private const string HeadsSql = "SELECT h.room_id, h.seq, h.digest, t.to_seq, t.digest FROM msg_heads h LEFT JOIN msg_trims t ON t.room_id = h.room_id ORDER BY h.room_id";
    private const string EntriesSql = "SELECT room_id, seq, type, at, by_id, message_id, user_id, emoji FROM msg_log ORDER BY room_id, seq";

    public async Task<string?> Epoch(DbConnection connection, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT value FROM msg_meta WHERE key = @key";
        command.With("@key", MetaRow.Epoch);
        return (string?)await command.ExecuteScalarAsync(ct);
    }

    public async IAsyncEnumerable<CheckedLog> Logs(DbConnection connection, [EnumeratorCancellation] CancellationToken ct)
    {
        var heads = await Heads(connection, ct);
        await Follow(connection, heads, ct);
        var inTail = await Tail(connection, heads, ct);
        foreach (var (room, head) in heads)
        {
            // The head row tells what the tables hold; the tail, if it has messages of the room, goes on from there.
            var problem = head.Problem ?? (head.TablesEnd.Seq != head.Row.Seq ? $"the head says {head.Row.Seq} entries, the log ends at {head.TablesEnd.Seq}"
                : !head.TablesEnd.Digest.AsSpan().SequenceEqual(head.Row.Digest) ? $"the entries up to {head.Row.Seq} do not lead to the head's digest" : null);
            yield return new CheckedLog(room, head.At.Seq, Convert.ToHexStringLower(head.At.Digest), problem);
        }

        foreach (var lost in inTail)
        {
            yield return new CheckedLog(lost, 0, "", "the tail has messages of a room without a log");
        }
    }

    private static async Task<Dictionary<Guid, Chain>> Heads(DbConnection connection, CancellationToken ct)
    {
        var heads = new Dictionary<Guid, Chain>();
        await using var command = connection.CreateCommand();
        command.CommandText = HeadsSql;
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var room = Database.ReadId(reader, 0);
            var start = reader.IsDBNull(3) ? new LogHead.State(0, Digest.Start(room)) : new LogHead.State(reader.GetInt64(3), reader.GetFieldValue<byte[]>(4));
            heads[room] = new Chain(new LogHead.State(reader.GetInt64(1), reader.GetFieldValue<byte[]>(2)), start);
        }

        return heads;
    }

    private static async Task Follow(DbConnection connection, Dictionary<Guid, Chain> heads, CancellationToken ct)
    {
        await using var command = connection.CreateCommand();
        command.CommandText = EntriesSql;
        command.CommandTimeout = 0;
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            var room = Database.ReadId(reader, 0);
            if (!heads.TryGetValue(room, out var chain))
            {
                heads[room] = chain = new Chain(new LogHead.State(0, []), new LogHead.State(0, Digest.Start(room))) { Problem = "there are entries, but no head" };
            }

            var entry = new LogEntry((LogEntryType)reader.GetInt32(2), Database.ReadId(reader, 4), Database.ReadIdOrNull(reader, 5), Database.ReadIdOrNull(reader, 6), reader.IsDBNull(7) ? null : reader.GetString(7));
            chain.Take(room, reader.GetInt64(1), entry, reader.GetInt64(3));
        }

        foreach (var chain in heads.Values)
        {
            chain.TablesEnd = chain.At;
        }
    }

    private static async Task<HashSet<Guid>> Tail(DbConnection connection, Dictionary<Guid, Chain> heads, CancellationToken ct)
    {
        var lost = new HashSet<Guid>();
        if (connection is not SqliteConnection)
        {
            return lost;
        }

        await using var command = connection.CreateCommand();
        command.CommandText = "SELECT messages FROM msg_tail ORDER BY n";
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            LogTail.Read(reader.GetFieldValue<byte[]>(0), message =>
            {
                if (!heads.TryGetValue(message.RoomId, out var chain))
                {
                    lost.Add(message.RoomId);
                }
                else if (message.Seq > chain.At.Seq)
                {
                    chain.Take(message.RoomId, message.Seq, new LogEntry(LogEntryType.MessageCreated, message.SenderId, message.Id), message.At);
                }
            });
        }

        return lost;
    }

    private sealed class Chain(LogHead.State row, LogHead.State start)
    {
        public LogHead.State Row => row;

        public LogHead.State At { get; private set; } = start;

        public LogHead.State TablesEnd { get; set; } = start;

        public string? Problem { get; set; }

        public void Take(Guid room, long seq, LogEntry entry, long at)
        {
            if (seq != At.Seq + 1)
            {
                Problem ??= $"entry {seq} follows {At.Seq}";
            }

            if (!Enum.IsDefined(entry.Type) || entry.Emoji is { Length: > MessagingDb.EmojiLength })
            {
                Problem ??= $"entry {seq} is none that this version knows";
                At = new LogHead.State(seq, At.Digest);
                return;
            }

            At = new LogHead.State(seq, Digest.Next(At.Digest, room, seq, entry, at));
        }
    }
}
