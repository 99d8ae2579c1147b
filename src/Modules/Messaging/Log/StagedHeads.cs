namespace ChatMonolith.Messaging.Log;

/// <summary>
/// The heads as the transaction in progress has moved them. Nothing of it is seen before the commit, and a work that fails takes
/// back its own moves alone.
/// </summary>
internal sealed class StagedHeads(LogHeads heads, LogStore store)
{
    private readonly Dictionary<Guid, LogHead.State> rooms = [];
    private readonly Dictionary<Guid, LogHead.State> users = [];
    private readonly List<(bool IsRoom, Guid Id, LogHead.State? Before)> undo = [];
    private readonly HashSet<Guid> opened = [];

    public IReadOnlyDictionary<Guid, LogHead.State> Rooms => rooms;

    public IReadOnlyDictionary<Guid, LogHead.State> Users => users;

    /// <summary>A work begins: <see cref="Undo"/> goes back to here.</summary>
    public void Mark() => undo.Clear();

    public void Undo()
    {
        for (var i = undo.Count - 1; i >= 0; i--)
        {
            var (isRoom, id, before) = undo[i];
            var target = isRoom ? rooms : users;
            if (before is null)
            {
                target.Remove(id);
            }
            else
            {
                target[id] = before;
            }
        }

        undo.Clear();
    }

    public void Open(Guid roomId)
    {
        opened.Add(roomId);
        undo.Add((true, roomId, null));
        rooms[roomId] = new LogHead.State(0, Digest.Start(roomId));
    }

    public async ValueTask<LogHead.State> Room(Guid roomId, CancellationToken ct)
    {
        if (rooms.TryGetValue(roomId, out var state))
        {
            return state;
        }

        if (!heads.Rooms.TryGetValue(roomId, out var head))
        {
            head = await store.LoadRoomHead(roomId, ct).ConfigureAwait(false);
            heads.Rooms[roomId] = head;
        }

        return head.Committed;
    }

    /// <summary>How far a room's log is compacted.</summary>
    public async ValueTask<long> TrimmedTo(Guid roomId, CancellationToken ct)
    {
        if (!heads.Rooms.ContainsKey(roomId))
        {
            await Room(roomId, ct).ConfigureAwait(false);
        }

        return heads.Rooms.TryGetValue(roomId, out var head) ? head.TrimmedTo : 0;
    }

    public async ValueTask<LogHead.State> User(Guid userId, CancellationToken ct)
    {
        if (users.TryGetValue(userId, out var state))
        {
            return state;
        }

        if (!heads.Users.TryGetValue(userId, out var head))
        {
            head = await store.LoadUserHead(userId, ct).ConfigureAwait(false);
            heads.Users[userId] = head;
        }

        return head.Committed;
    }

    public LogHead Advance(Guid roomId, LogHead.State state)
    {
        undo.Add((true, roomId, rooms.GetValueOrDefault(roomId)));
        rooms[roomId] = state;
        return heads.Rooms.GetOrAdd(roomId, static id => new LogHead(0, Digest.Start(id)));
    }

    public LogHead AdvanceUser(Guid userId, LogHead.State state)
    {
        undo.Add((false, userId, users.GetValueOrDefault(userId)));
        users[userId] = state;
        return heads.Users.GetOrAdd(userId, static _ => new LogHead(0, []));
    }

    /// <summary>The transaction is durable.</summary>
    public void Commit()
    {
        foreach (var (id, state) in rooms)
        {
            heads.Rooms.GetOrAdd(id, static i => new LogHead(0, Digest.Start(i))).Committed = state;
        }

        foreach (var (id, state) in users)
        {
            heads.Users.GetOrAdd(id, static _ => new LogHead(0, [])).Committed = state;
        }
    }

    /// <summary>The transaction is not: heads of rooms that never came to be are forgotten.</summary>
    public void Discard()
    {
        foreach (var id in opened)
        {
            heads.Rooms.TryRemove(id, out _);
        }
    }
}
