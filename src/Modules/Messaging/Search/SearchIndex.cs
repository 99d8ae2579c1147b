using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Log;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Database = ChatMonolith.BuildingBlocks.Persistence.Database;

namespace ChatMonolith.Messaging.Search;

/// <summary>
/// Follows the rooms' logs with the index, a batch at a time; one at once. No message's commit waits for it: a search waits instead,
/// until what its rooms have committed is in.
/// </summary>
internal sealed class SearchIndex(IServiceScopeFactory scopes, Database database, WriteGate gate, LogHeads heads, INodes nodes) : IAsyncDisposable
{
    /// <summary>Batches that are read together, so that their entries can be put in the order of their commits.</summary>
    private const int BatchesPerStep = 8;
    private const int LeastPerRoom = 16;
    private const int IdsPerQuery = 500;

    private readonly SemaphoreSlim turn = new(1, 1);
    private readonly RoomLags lags = new(scopes, database, heads);
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
        var targets = await lags.Of(rooms, ct);
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
                targets = [.. targets.Select(t => t with { Indexed = lags[t.RoomId] }).Where(t => t.Indexed < t.Head)];
            }

            return true;
        }
        catch (OperationCanceledException) when (!ct.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception e) when (DatabaseFailures.Classify(e) is not null)
        {
            // A full disk, a busy writer: what is indexed can be searched all the same.
            return false;
        }
    }

    /// <summary>Indexes all that rooms in use have committed.</summary>
    /// <param name="everywhere">All rooms that there are, also those that are not in use.</param>
    /// <param name="rest">Awaited after each step, with the time that it took; searches go on meanwhile.</param>
    /// <param name="ct">Ends it between two batches.</param>
    public async Task Follow(bool everywhere, Func<TimeSpan, Task> rest, CancellationToken ct)
    {
        for (var behind = await Behind(); behind.Count > 0; behind = await Behind())
        {
            var started = Stopwatch.GetTimestamp();
            await Step(behind, ct);
            await rest(Stopwatch.GetElapsedTime(started));
        }

        Task<List<RoomLag>> Behind() => everywhere ? lags.Everywhere(ct) : lags.InUse(ct);
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
        lags.Forget(roomId);
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

    /// <summary>Brings these rooms nearer to their heads, in the order of the commits across all of them.</summary>
    private Task Step(List<RoomLag> behind, CancellationToken ct) => Alone(
        async store =>
        {
            if (nodes.AreSeveral)
            {
                await lags.Reread([.. behind.Select(b => b.RoomId)], ct);
            }

            // What another turn has done meanwhile.
            var left = behind.ConvertAll(l => l with { Indexed = Math.Max(l.Indexed, lags[l.RoomId]) }).FindAll(l => l.Indexed < l.Head);
            if (left.Count == 0)
            {
                return;
            }

            await using var scope = scopes.CreateAsyncScope();
            var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
            var perRoom = Math.Clamp(BatchesPerStep * EntriesPerBatch / left.Count, LeastPerRoom, BatchesPerStep * EntriesPerBatch);
            var stretches = left.ConvertAll(l => l with { Head = Math.Min(l.Head, l.Indexed + perRoom) });
            var entries = await lags.Entries(db, stretches, ct);

            // Rooms that were not read to their heads may hold what comes before the end of others: only what is certain is taken.
            var lastRead = entries.GroupBy(e => e.RoomId).ToDictionary(g => g.Key, g => g.Max(e => e.At));
            var certain = left.Zip(stretches).Where(p => p.Second.Head < p.First.Head && lastRead.ContainsKey(p.First.RoomId)).Select(p => lastRead[p.First.RoomId]).DefaultIfEmpty(long.MaxValue).Min();
            var ends = stretches.ToDictionary(s => s.RoomId, s => s.Head);
            foreach (var uncertain in entries.Where(e => e.At > certain))
            {
                ends[uncertain.RoomId] = Math.Min(ends[uncertain.RoomId], uncertain.Seq - 1);
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
            lags[room] = seq;
        }

        foreach (var room in entries.Where(e => e.Type is LogEntryType.MessagesExpired).Select(e => e.RoomId).Distinct())
        {
            await Sweep(store, room, isWhole: false, ct);
        }
    }

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
            if (!nodes.AreSeveral)
            {
                await work(writer);
                return;
            }

            // The numbers of documents and terms are the whole index's: one node writes at a time.
            await writer.Lock(ct);
            try
            {
                await work(writer);
            }
            finally
            {
                await writer.Unlock();
            }
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
}