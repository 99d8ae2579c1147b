using System.Data.Common;
using System.Text.Json;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Log.Nodes;

namespace ChatMonolith.Messaging.Log;

/// <summary>One work's view of the writer's transaction, and what it will have caused once that is committed.</summary>
internal sealed class LogTransaction(
    StagedHeads staged, LogStore store, IReadOnlyDictionary<Type, IModuleDatabase> databases, DbConnection connection, DbTransaction transaction, long at, LogItem item)
    : ILogTransaction, IAsyncDisposable
{
    private readonly Dictionary<Type, ModuleDbContext> contexts = [];
    private Dictionary<Guid, RoomChange>? changes;

    public long At => at;

    /// <summary>For the other nodes; null for none.</summary>
    public IReadOnlyDictionary<Guid, RoomChange>? Changes => changes;

    /// <summary>Rights have changed: what follows is judged after this work's commit.</summary>
    public bool ChangedMembership { get; private set; }

    public TContext Use<TContext>()
        where TContext : ModuleDbContext
    {
        if (!contexts.TryGetValue(typeof(TContext), out var context))
        {
            contexts[typeof(TContext)] = context = databases[typeof(TContext)].Enlist(connection, transaction);
        }

        return (TContext)context;
    }

    public Task OpenLog(Guid roomId, CancellationToken ct)
    {
        MustNotBePlain();
        staged.Open(roomId);
        return store.InsertHead(roomId, Digest.Start(roomId), ct);
    }

    public async Task<long> Append(Guid roomId, LogEntry entry, CancellationToken ct)
    {
        MustNotBePlain();
        var head = await staged.Room(roomId, ct).ConfigureAwait(false);
        var seq = head.Seq + 1;
        var state = new LogHead.State(seq, Digest.Next(head.Digest, roomId, seq, entry, at));
        var logHead = staged.Advance(roomId, state);
        await store.InsertEntry(roomId, seq, entry, at, ct).ConfigureAwait(false);
        if (entry is { Type: LogEntryType.MemberJoined, UserId: { } joined })
        {
            // Who joins has read what was there before: it is history, not news.
            await store.MoveReadPosition(roomId, joined, seq, at, ct).ConfigureAwait(false);
        }

        if (entry.Type is LogEntryType.MemberJoined or LogEntryType.MemberLeft or LogEntryType.MemberRole)
        {
            ChangedMembership = true;
            Note(roomId, RoomChange.Members);
        }
        else if (entry.Type is LogEntryType.RoomUpdated)
        {
            Note(roomId, RoomChange.Other);
        }

        var frame = EntryFrames.Room(roomId, seq, at, entry);
        item.Effects.Add(floor =>
        {
            MovingListeners.Move(floor, roomId, entry);
            logHead.Published = state;
            floor.Publish(roomId, seq, frame);
        });
        return seq;
    }

    public Task<long> AppendUser(Guid userId, string type, object payload, CancellationToken ct) => AppendUser(userId, type, payload, payload, ct);

    /// <param name="userId">Whose log.</param>
    /// <param name="type">The wire name.</param>
    /// <param name="shown">What the live frame shows.</param>
    /// <param name="stored">What the log keeps, where that is less: a replay fills it up with what is then.</param>
    /// <param name="ct">Cancels before the commit.</param>
    public async Task<long> AppendUser(Guid userId, string type, object shown, object stored, CancellationToken ct)
    {
        var head = await staged.User(userId, ct).ConfigureAwait(false);
        var seq = head.Seq + 1;
        var state = new LogHead.State(seq, []);
        var logHead = staged.AdvanceUser(userId, state);
        var json = JsonSerializer.SerializeToUtf8Bytes(stored, stored.GetType(), Json.Frames);
        await store.InsertUserEntry(userId, seq, type, json, at, ct).ConfigureAwait(false);
        var frame = EntryFrames.User(type, seq, at, ReferenceEquals(shown, stored) ? json : JsonSerializer.SerializeToUtf8Bytes(shown, shown.GetType(), Json.Frames));
        item.Effects.Add(floor =>
        {
            logHead.Published = state;
            floor.Publish(userId, seq, frame);
        });
        return seq;
    }

    public void CloseLog(Guid roomId)
    {
        ChangedMembership = true;
        Note(roomId, RoomChange.Closed);
        item.Effects.Add(floor => floor.Close(roomId));
    }

    public void Changed(Guid roomId) => Note(roomId, RoomChange.Other);

    public void OnCommitted(Action action) => item.OnCommitted.Add(action);

    public async ValueTask DisposeAsync()
    {
        foreach (var context in contexts.Values)
        {
            await context.DisposeAsync().ConfigureAwait(false);
        }
    }

    private void Note(Guid roomId, RoomChange change) => (changes ??= [])[roomId] = changes.GetValueOrDefault(roomId) | change;

    private void MustNotBePlain()
    {
        if (item.IsPlain)
        {
            throw new InvalidOperationException("A work that was said to leave rooms' logs alone appends to one.");
        }
    }
}
