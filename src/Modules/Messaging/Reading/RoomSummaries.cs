using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Log;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Messaging.Reading;

/// <summary>What a room list shows of each room's log, in a number of queries that does not depend on the number of rooms.</summary>
internal sealed class RoomSummaries(IServiceScopeFactory scopes, Database database, LogWriter log, ReadPositions positions, IMessageFiles files) : IRoomSummaries
{
    /// <summary>A badge beyond it tells nobody anything.</summary>
    private const int MostUnread = 1_000;

    /// <summary>The newest messages of a room that are looked at for its unread count, so that not even a room full of one's own messages is walked whole.</summary>
    private const int MostLookedAt = 10_000;

    /// <summary>Rooms in one statement: three parameters each, far below what either database takes.</summary>
    private const int RoomsPerQuery = 1_000;

    private const int DigestBytes = 16;

    public async Task<long> UserSeq(Guid userId, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
        return await db.UserHeads.Where(h => h.UserId == userId).Select(h => h.Seq).SingleOrDefaultAsync(ct);
    }

    public async Task<IReadOnlyDictionary<Guid, RoomSummary>> Of(Guid userId, IReadOnlyCollection<Guid> roomIds, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
        var summaries = new Dictionary<Guid, RoomSummary>(roomIds.Count);
        foreach (var rooms in roomIds.Distinct().Chunk(RoomsPerQuery))
        {
            await Add(summaries, db, userId, rooms, ct);
        }

        return summaries;
    }

    private async Task Add(Dictionary<Guid, RoomSummary> summaries, MessagingDb db, Guid userId, Guid[] roomIds, CancellationToken ct)
    {
        var waiting = positions.OfUser(userId);
        var heads = await db.Heads.AsNoTracking().Where(h => roomIds.Contains(h.RoomId)).ToListAsync(ct);
        if (heads.Count == 0)
        {
            return;
        }

        var reads = await db.Reads.AsNoTracking().Where(r => r.UserId == userId && roomIds.Contains(r.RoomId)).ToDictionaryAsync(r => r.RoomId, r => r.Seq, ct);
        var stands = heads.ConvertAll(h => new Stand(h.RoomId, Math.Max(reads.GetValueOrDefault(h.RoomId), waiting.GetValueOrDefault(h.RoomId).Seq), h.Seq));
        var ends = await Ends(userId, stands, ct);
        var lastMessages = await MessageViews.Load(db, files, [.. ends.Values.Where(e => e.LastMessageId is not null).Select(e => e.LastMessageId!.Value)], ct);
        foreach (var (head, stand) in heads.Zip(stands))
        {
            var end = ends[head.RoomId];
            summaries[head.RoomId] = new RoomSummary(
                head.Seq,
                Convert.ToHexStringLower(head.Digest.AsSpan(0, DigestBytes)),
                stand.LastRead,
                end.Unread,
                end.Mentions,
                end.LastMessageId is { } id ? lastMessages.GetValueOrDefault(id) : null);
        }
    }

    /// <summary>
    /// Walks <c>msg_messages_history</c> from each room's end. EF has no words for it: a list of rows with numbers as a source, and a
    /// count that stops.
    /// </summary>
    [SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "The text holds placeholders only; values are parameters.")]
    private async Task<Dictionary<Guid, End>> Ends(Guid userId, List<Stand> stands, CancellationToken ct)
    {
        await log.Settle(ct);
        await using var connection = await database.Open(ct);
        await using var command = connection.CreateCommand();
        command.CommandText = EndsSql(stands.Count, database.IsSqlite);
        command.With("@user", database.Id(userId));
        for (var i = 0; i < stands.Count; i++)
        {
            command.With($"@r{i}", database.Id(stands[i].RoomId)).With($"@a{i}", stands[i].LastRead).With($"@h{i}", stands[i].Head);
        }

        var ends = new Dictionary<Guid, End>(stands.Count);
        await using var reader = await command.ExecuteReaderAsync(ct);
        while (await reader.ReadAsync(ct))
        {
            ends[Database.ReadId(reader, 0)] = new End(Database.ReadIdOrNull(reader, 1), reader.GetInt32(2), reader.GetInt32(3));
        }

        return ends;
    }

    internal static string EndsSql(int rooms, bool isSqlite)
    {
        var values = new StringBuilder();
        for (var i = 0; i < rooms; i++)
        {
            // PostgreSQL takes the types of the list from its first row.
            values.Append(i > 0 ? ", " : "").Append(CultureInfo.InvariantCulture, $"(@r{i}{Cast("uuid")}, @a{i}{Cast("bigint")}, @h{i}{Cast("bigint")})");
        }

        return $"""
            WITH stands (room_id, last_read, head) AS (VALUES {values})
            SELECT s.room_id,
              (SELECT m.id FROM msg_messages AS m
               WHERE m.room_id = s.room_id AND m.thread_id IS NULL AND m.seq <= s.head
               ORDER BY m.seq DESC LIMIT 1),
              (SELECT COUNT(*) FROM (
                 SELECT 1 FROM (
                   SELECT m.sender_id, m.deleted_at FROM msg_messages AS m
                   WHERE m.room_id = s.room_id AND m.thread_id IS NULL AND m.seq > s.last_read AND m.seq <= s.head
                   ORDER BY m.seq DESC LIMIT {MostLookedAt}) AS newest
                 WHERE newest.sender_id <> @user AND newest.deleted_at IS NULL
                 LIMIT {MostUnread}) AS unread),
              (SELECT COUNT(*) FROM (
                 SELECT n.message_id FROM msg_mentions AS n
                 WHERE n.counts AND n.user_id = @user AND n.room_id = s.room_id AND n.seq > s.last_read AND n.seq <= s.head AND n.sender_id <> @user
                 UNION
                 SELECT n.message_id FROM msg_mentions AS n
                 WHERE n.counts AND n.user_id = s.room_id AND n.room_id = s.room_id AND n.seq > s.last_read AND n.seq <= s.head AND n.sender_id <> @user
                 LIMIT {MostUnread}) AS called)
            FROM stands AS s
            """;

        string Cast(string type) => isSqlite ? "" : "::" + type;
    }

    private sealed record Stand(Guid RoomId, long LastRead, long Head);

    private sealed record End(Guid? LastMessageId, int Unread, int Mentions);
}
