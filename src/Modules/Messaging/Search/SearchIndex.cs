using System.Collections.Concurrent;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Log;
using ChatMonolith.Messaging.Reading;
using Microsoft.Data.Sqlite;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Database = ChatMonolith.BuildingBlocks.Persistence.Database;

namespace ChatMonolith.Messaging.Search;

/// <summary>
/// Follows the rooms' logs with the index, a batch at a time; one at once. No message's commit waits for it: a search waits instead,
/// until what its rooms have committed is in.
/// </summary>
internal sealed class SearchIndex(IServiceScopeFactory scopes, Database database, WriteGate gate, LogHeads heads) : IAsyncDisposable
{
    /// <summary>Batches that are read together, so that their entries can be put in the order of their commits.</summary>
    private const int BatchesPerStep = 8;
    private const int LeastPerRoom = 16;
    private const int IdsPerQuery = 500;

    /// <summary>Rooms in one statement: three parameters each, far below what either database takes.</summary>
    private const int RoomsPerQuery = 1_000;

    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly ConcurrentDictionary<Guid, long> indexed = new();
    private SearchStore? writer;

    /// <summary>
    /// Entries in one transaction: some ten milliseconds in the write gate. Who has the database alone takes
    /// <see cref="Posting.BlockSize"/>: then each posting is written once.
    /// </summary>
    public int EntriesPerBatch { get; set; } = 500;

    /// <summary>Terms have left the bigrams; what remains of them there waits for <see cref="Tidy"/>. So it may be after a start.</summary>
    public bool IsUntidy { get; private set; } = true;

    /// <summary>Indexes what these rooms have committed by now, for at most <paramref name="patience"/>.</summary>
    /// <returns>Whether all of it is in.</returns>
    public async Task<bool> CatchUp(IReadOnlyCollection<Guid> rooms, TimeSpan patience, CancellationToken ct)
    {
        var targets = await Behind(rooms, ct);
        if (targets.Count == 0)
        {
            return true;
        }

        using var limit = CancellationTokenSource.CreateLinkedTokenSource(ct);
        limit.CancelAfter(patience);
        try
        {
            while (targets.Count > 0)
            {
                await Step(targets, limit.Token);
                targets = [.. targets.Select(t => t with { Indexed = indexed.GetValueOrDefault(t.RoomId) }).Where(t => t.Indexed < t.Head)];
            }

            return true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>Indexes all that rooms in use have committed; with <paramref name="everywhere"/>, all rooms that there are.</summary>
    public async Task Follow(bool everywhere, CancellationToken ct)
    {
        for (var behind = await Behind(everywhere, ct); behind.Count > 0; behind = await Behind(everywhere, ct))
        {
            await Step(behind, ct);
        }
    }

    /// <summary>Takes a room out whose messages and log are gone.</summary>
    public async Task Purge(Guid roomId, CancellationToken ct)
    {
        await Alone(
            async store =>
            {
                await Sweep(store, roomId, isWhole: true, ct);
                var changes = new IndexChanges();
                changes.GoneHeads.Add(roomId);
                await Write(store, changes, ct);
            },
            ct);
        indexed.TryRemove(roomId, out _);
    }

    /// <summary>Removes what deleted terms have left behind in the bigrams.</summary>
    public Task Tidy(CancellationToken ct) => Alone(
        async store =>
        {
            var isMore = true;
            while (isMore)
            {
                using var pass = await gate.Enter(first: false, ct);
                isMore = await store.Tidy(ct);
            }

            IsUntidy = false;
        },
        ct);

    public async ValueTask DisposeAsync()
    {
        if (writer is not null)
        {
            await writer.DisposeAsync();
        }

        turn.Dispose();
    }

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

    private async Task<List<Lag>> Behind(bool everywhere, CancellationToken ct)
    {
        if (!everywhere)
        {
            return await Behind([.. heads.Rooms.Where(r => r.Value.Committed.Seq > indexed.GetValueOrDefault(r.Key)).Select(r => r.Key)], ct);
        }

        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
        var behind = await (
            from head in db.Heads
            from done in db.SearchHeads.Where(s => s.RoomId == head.RoomId).DefaultIfEmpty()
            where head.Seq > (done == null ? 0 : done.Seq)
            select new Lag(head.RoomId, done == null ? 0 : done.Seq, head.Seq)).ToListAsync(ct);
        behind.ForEach(lag => indexed[lag.RoomId] = lag.Indexed);
        return behind;
    }

    /// <summary>Those of the rooms whose log goes on beyond what is indexed. A room that is not in memory is asked for in the database.</summary>
    private async Task<List<Lag>> Behind(IReadOnlyCollection<Guid> rooms, CancellationToken ct)
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

        var behind = new List<Lag>();
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
                    behind.Add(new Lag(head.RoomId, indexed[head.RoomId], target));
                }
            }
        }

        return behind;
    }

    /// <summary>Brings these rooms nearer to their heads, in the order of the commits across all of them.</summary>
    private Task Step(List<Lag> behind, CancellationToken ct) => Alone(
        async store =>
        {
            // What another turn has done meanwhile.
            var lags = behind.ConvertAll(l => l with { Indexed = Math.Max(l.Indexed, indexed.GetValueOrDefault(l.RoomId)) }).FindAll(l => l.Indexed < l.Head);
            if (lags.Count == 0)
            {
                return;
            }

            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
            var perRoom = Math.Clamp(BatchesPerStep * EntriesPerBatch / lags.Count, LeastPerRoom, BatchesPerStep * EntriesPerBatch);
            var stretches = lags.ConvertAll(l => l with { Head = Math.Min(l.Head, l.Indexed + perRoom) });
            var entries = await Entries(db, stretches, ct);

            // Rooms that were not read to their heads may hold what comes before the end of others: only what is certain is taken.
            var lastRead = entries.GroupBy(e => e.RoomId).ToDictionary(g => g.Key, g => g.Max(e => e.At));
            var certain = lags.Zip(stretches).Where(p => p.Second.Head < p.First.Head && lastRead.ContainsKey(p.First.RoomId)).Select(p => lastRead[p.First.RoomId]).DefaultIfEmpty(long.MaxValue).Min();
            var ends = stretches.ToDictionary(s => s.RoomId, s => s.Head);
            foreach (var left in entries.Where(e => e.At > certain))
            {
                ends[left.RoomId] = Math.Min(ends[left.RoomId], left.Seq - 1);
            }

            var taken = entries.Where(e => e.Seq <= ends[e.RoomId]).OrderBy(e => e.At).ThenBy(e => e.RoomId).ThenBy(e => e.Seq).Chunk(EntriesPerBatch).ToArray();
            for (var i = 0; i < taken.Length; i++)
            {
                var isLast = i == taken.Length - 1;
                await Index(store, db, taken[i], isLast ? ends : taken[i].GroupBy(e => e.RoomId).ToDictionary(g => g.Key, g => g.Max(e => e.Seq)), ct);
            }

            if (taken.Length == 0)
            {
                await Index(store, db, [], ends, ct);
            }
        },
        ct);

    private async Task Index(SearchStore store, MessagingDb db, LogRow[] entries, Dictionary<Guid, long> ends, CancellationToken ct)
    {
        Guid[] ids = [.. entries.Where(e => e.Type is LogEntryType.MessageCreated or LogEntryType.MessageEdited or LogEntryType.MessageDeleted).Select(e => e.MessageId!.Value).Distinct()];
        var stored = new Dictionary<Guid, IndexedMessage>(ids.Length);
        foreach (var some in ids.Chunk(IdsPerQuery))
        {
            var messages = db.Messages.AsNoTracking().Where(m => some.Contains(m.Id))
                .Select(m => new IndexedMessage(m.Id, m.RoomId, m.SenderId, m.Type == MessageType.File, m.CreatedAt, m.DeletedAt == null ? m.Text : null));
            await foreach (var message in messages.AsAsyncEnumerable().WithCancellation(ct))
            {
                stored[message.Id] = message;
            }
        }

        var changes = await IndexBatch.Of(store, [.. ids.Select(id => stored.GetValueOrDefault(id) ?? Gone(id))], ct);
        changes.Heads.AddRange(ends.Select(e => (e.Key, e.Value)));
        await Write(store, changes, ct);
        foreach (var (room, seq) in ends)
        {
            indexed[room] = seq;
        }

        foreach (var room in entries.Where(e => e.Type is LogEntryType.MessagesExpired).Select(e => e.RoomId).Distinct())
        {
            await Sweep(store, room, isWhole: false, ct);
        }
    }

    private async Task<List<LogRow>> Entries(MessagingDb db, List<Lag> stretches, CancellationToken ct)
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

    /// <summary>
    /// Takes out the oldest documents of a room whose messages are not there any more, up to the first stretch in which none is missing;
    /// with <paramref name="isWhole"/>, all that the room has.
    /// </summary>
    private async Task Sweep(SearchStore store, Guid roomId, bool isWhole, CancellationToken ct)
    {
        if (await store.Terms([Terms.Room(roomId)], ct) is not [var term])
        {
            return;
        }

        foreach (var documents in (await TermSet.DocumentsOf(store, term, ct)).Chunk(IdsPerQuery))
        {
            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
            Guid[] ids = [.. (await store.Documents(documents, ct)).Select(d => d.MessageId)];
            var there = isWhole ? [] : await db.Messages.Where(m => ids.Contains(m.Id)).Select(m => m.Id).ToListAsync(ct);
            var gone = ids.Except(there).Select(Gone).ToArray();
            if (gone.Length == 0)
            {
                return;
            }

            await Write(store, await IndexBatch.Of(store, gone, ct), ct);
        }
    }

    private static IndexedMessage Gone(Guid id) => new(id, default, default, HasFile: false, 0, Text: null);

    private async Task Write(SearchStore store, IndexChanges changes, CancellationToken ct)
    {
        using var pass = await gate.Enter(first: false, ct);
        IsUntidy |= changes.GoneTerms.Count > 0;

        // Once begun it is brought to its end: it is short, and a connection that is cut in the middle would have to be made anew.
        await store.Write(changes, CancellationToken.None);
    }

    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "The store is kept for the next turn.")]
    private async Task Alone(Func<SearchStore, Task> work, CancellationToken ct)
    {
        await turn.WaitAsync(ct);
        try
        {
            writer ??= await SearchStore.OpenWriter(database, ct);
            await work(writer);
        }
        catch (Exception e) when (e is not OperationCanceledException && writer is not null)
        {
            // A connection that has failed is not trusted again.
            var failed = writer;
            writer = null;
            await failed.DisposeAsync();
            throw;
        }
        finally
        {
            turn.Release();
        }
    }

    /// <param name="RoomId">The room.</param>
    /// <param name="Indexed">Up to where it is in the index.</param>
    /// <param name="Head">Up to where its log goes.</param>
    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Lag(Guid RoomId, long Indexed, long Head);
}
