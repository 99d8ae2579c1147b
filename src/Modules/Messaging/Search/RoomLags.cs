using System.Collections.Concurrent;
using System.Data.Common;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Log;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Database = ChatMonolith.BuildingBlocks.Persistence.Database;

namespace ChatMonolith.Messaging.Search;

/// <param name="RoomId">The room.</param>
/// <param name="Indexed">Up to where it is in the index.</param>
/// <param name="Head">Up to where its log goes.</param>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct RoomLag(Guid RoomId, long Indexed, long Head);

/// <summary>How far the index is behind the rooms' logs, and what lies between.</summary>
internal sealed class RoomLags(IServiceScopeFactory scopes, Database database, LogHeads heads)
{
    /// <summary>Rooms in one statement: three parameters each, far below what either database takes.</summary>
    private const int RoomsPerQuery = 1_000;
    private readonly ConcurrentDictionary<Guid, long> indexed = new();

    /// <summary>Up to where a room is known to be indexed.</summary>
    public long this[Guid roomId]
    {
        get => indexed.GetValueOrDefault(roomId);
        set => indexed[roomId] = value;
    }

    public void Forget(Guid roomId) => indexed.TryRemove(roomId, out _);

    /// <summary>Another node may have indexed them further.</summary>
    public async Task Reread(IReadOnlyCollection<Guid> rooms, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
        foreach (var some in rooms.Chunk(RoomsPerQuery))
        {
            foreach (var done in await db.SearchHeads.AsNoTracking().Where(h => some.Contains(h.RoomId)).ToListAsync(ct))
            {
                indexed[done.RoomId] = done.Seq;
            }
        }
    }

    /// <summary>The rooms in use.</summary>
    public Task<List<RoomLag>> InUse(CancellationToken ct) =>
        Of([.. heads.Rooms.Where(r => r.Value.Committed.Seq > indexed.GetValueOrDefault(r.Key)).Select(r => r.Key)], ct);

    /// <summary>All rooms whose log goes on beyond what is indexed, as the database tells.</summary>
    public async Task<List<RoomLag>> Everywhere(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
        var behind = await (
            from head in db.Heads
            from done in db.SearchHeads.Where(s => s.RoomId == head.RoomId).DefaultIfEmpty()
            where head.Seq > (done == null ? 0 : done.Seq)
            select new RoomLag(head.RoomId, done == null ? 0 : done.Seq, head.Seq)).ToListAsync(ct);
        behind.ForEach(lag => indexed[lag.RoomId] = lag.Indexed);
        return behind;
    }

    /// <summary>Those of the rooms whose log goes on beyond what is indexed. A room that is not in memory is asked for in the database.</summary>
    public async Task<List<RoomLag>> Of(IReadOnlyCollection<Guid> rooms, CancellationToken ct)
    {
        var targets = new Dictionary<Guid, long>(rooms.Count);
        var unknown = new List<Guid>();
        foreach (var room in rooms)
        {
            if (heads.Rooms.TryGetValue(room, out var head) && indexed.TryGetValue(room, out var done))
            {
                targets[room] = head.Committed.Seq;
                if (done >= targets[room])
                {
                    continue;
                }
            }

            unknown.Add(room);
        }

        var behind = new List<RoomLag>();
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
        foreach (var some in unknown.Chunk(RoomsPerQuery))
        {
            var stored = await db.Heads.AsNoTracking().Where(h => some.Contains(h.RoomId)).Select(h => new { h.RoomId, h.Seq }).ToListAsync(ct);
            var done = await db.SearchHeads.AsNoTracking().Where(h => some.Contains(h.RoomId)).ToDictionaryAsync(h => h.RoomId, h => h.Seq, ct);
            foreach (var head in stored)
            {
                indexed[head.RoomId] = done.GetValueOrDefault(head.RoomId);
                var target = Math.Max(head.Seq, targets.GetValueOrDefault(head.RoomId));
                if (indexed[head.RoomId] < target)
                {
                    behind.Add(new RoomLag(head.RoomId, indexed[head.RoomId], target));
                }
            }
        }

        return behind;
    }

    /// <summary>The entries of these stretches, in no order.</summary>
    public async Task<List<LogRow>> Entries(MessagingDb db, List<RoomLag> stretches, CancellationToken ct)
    {
        var entries = new List<LogRow>();
        foreach (var some in stretches.Chunk(RoomsPerQuery))
        {
            var parameters = some.SelectMany((s, i) => (DbParameter[])[Parameter($"@r{i}", database.Id(s.RoomId)), Parameter($"@a{i}", s.Indexed), Parameter($"@h{i}", s.Head)]);
            entries.AddRange(await db.Log.FromSqlRaw(EntriesSql(some.Length, database.IsSqlite), [.. parameters]).AsNoTracking().ToListAsync(ct));
        }

        return entries;
    }

    private DbParameter Parameter(string name, object value) => database.IsSqlite ? new SqliteParameter(name, value) : new NpgsqlParameter(name, value);

    /// <summary>Entries that lie between what is indexed and the heads of rooms.</summary>
    internal static string EntriesSql(int rooms, bool isSqlite)
    {
        var values = new StringBuilder();
        for (var i = 0; i < rooms; i++)
        {
            values.Append(i > 0 ? ", " : "").Append(CultureInfo.InvariantCulture, $"(@r{i}{Cast("uuid")}, @a{i}{Cast("bigint")}, @h{i}{Cast("bigint")})");
        }

        return $"""
            WITH stands (room_id, low, high) AS (VALUES {values})
            SELECT l.room_id, l.seq, l.type, l.at, l.by_id, l.message_id, l.user_id, l.emoji, l.role
            FROM stands AS s JOIN msg_log AS l ON l.room_id = s.room_id AND l.seq > s.low AND l.seq <= s.high
            """;

        string Cast(string type) => isSqlite ? "" : "::" + type;
    }
}
