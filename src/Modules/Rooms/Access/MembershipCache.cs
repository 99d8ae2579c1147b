using System.Collections.Concurrent;

namespace ChatMonolith.Rooms.Access;

/// <summary>
/// The memberships of the rooms in use, following the log. A room comes in by a read of the database; from then on every committed
/// change is applied to it in the order of the commits.
/// </summary>
/// <remarks>
/// The race that must not be: a read that began before a commit puts its old rows over what the commit applied, and a removed person
/// is a member again. So a load registers itself before it reads. Every change that is applied while it is under way is also noted
/// with it, and is applied to what it read before anybody sees that. Changes are absolute (this person has this role; is not in), so
/// one that the read had already seen does no harm, and a load never has to begin again however busy the room is. A change to a room that
/// is neither loaded nor loading can be forgotten: a later load begins after it was committed, and sees it.
/// </remarks>
/// <param name="read">Reads a room from the database; null for one that does not exist or is deleted.</param>
/// <param name="maxWeight">The number of memberships from which on rooms leave, those that nobody asked for first.</param>
internal sealed class MembershipCache(Func<Guid, Task<RoomMemberships?>> read, int maxWeight)
{
    private readonly ConcurrentDictionary<Guid, RoomMemberships> rooms = new();
    private readonly Dictionary<Guid, Load> loads = [];
    private readonly Lock changing = new();
    private long weight;
    private long generation;

    public int Count => rooms.Count;

    /// <summary>From memory only; null when the room is not there, which says nothing about whether it exists.</summary>
    public RoomMemberships? Peek(Guid roomId)
    {
        if (!rooms.TryGetValue(roomId, out var room))
        {
            return null;
        }

        room.Touch();
        return room;
    }

    /// <summary>From memory, else from the database. Null for a room that does not exist.</summary>
    public ValueTask<RoomMemberships?> Get(Guid roomId, CancellationToken ct) =>
        Peek(roomId) is { } room ? ValueTask.FromResult<RoomMemberships?>(room) : new(JoinLoad(roomId).WaitAsync(ct));

    /// <summary>A new room, with its first members. Called after its commit.</summary>
    public void Add(Guid roomId, RoomMemberships room)
    {
        lock (changing)
        {
            Publish(roomId, room);
        }
    }

    /// <summary>Applies a committed change. It must be absolute: what it leaves behind must not depend on what it found.</summary>
    public void Apply(Guid roomId, Action<RoomMemberships> change)
    {
        lock (changing)
        {
            if (rooms.TryGetValue(roomId, out var room))
            {
                weight -= room.Weight;
                change(room);
                weight += room.Weight;
            }

            if (loads.TryGetValue(roomId, out var load))
            {
                load.Missed.Add(change);
            }
        }
    }

    /// <summary>Lets the rooms go that nobody asked for since the last call. Safe at any time, for the reason that the remarks give.</summary>
    public void EvictUnused()
    {
        lock (changing)
        {
            foreach (var (roomId, room) in rooms)
            {
                if (!room.TakeUsed())
                {
                    Evict(roomId, room);
                }
            }
        }
    }

    /// <summary>One room is read anew when it is next asked for, also if a read of it is under way.</summary>
    public void Forget(Guid roomId)
    {
        lock (changing)
        {
            if (rooms.TryGetValue(roomId, out var room))
            {
                Evict(roomId, room);
            }

            if (loads.TryGetValue(roomId, out var load))
            {
                load.IsStale = true;
            }
        }
    }

    /// <summary>Forgets everything, also what is being read: the outcome of a commit is not known.</summary>
    public void Clear()
    {
        lock (changing)
        {
            rooms.Clear();
            weight = 0;
            generation++;
        }
    }

    private Task<RoomMemberships?> JoinLoad(Guid roomId)
    {
        lock (changing)
        {
            if (rooms.TryGetValue(roomId, out var room))
            {
                return Task.FromResult<RoomMemberships?>(room);
            }

            if (!loads.TryGetValue(roomId, out var load))
            {
                load = new Load();
                loads.Add(roomId, load);

                // On the pool, so that nothing of the read runs under the lock; not cancelled, since others may have joined it.
                load.Result = Task.Run(() => ReadAndPublish(roomId, load));
            }

            return load.Result;
        }
    }

    private async Task<RoomMemberships?> ReadAndPublish(Guid roomId, Load load)
    {
        RoomMemberships? found;
        var began = Volatile.Read(ref generation);
        try
        {
            found = await read(roomId);
        }
        catch
        {
            lock (changing)
            {
                loads.Remove(roomId);
            }

            throw;
        }

        lock (changing)
        {
            if (generation == began && !load.IsStale)
            {
                return Finish(roomId, load, found);
            }

            load.IsStale = false;
        }

        return await ReadAndPublish(roomId, load);
    }

    private RoomMemberships? Finish(Guid roomId, Load load, RoomMemberships? found)
    {
        loads.Remove(roomId);
        if (rooms.TryGetValue(roomId, out var newer))
        {
            // Made while the read was under way.
            return newer;
        }

        if (found is null)
        {
            // Not kept: ids that do not exist are without number.
            return null;
        }

        foreach (var change in load.Missed)
        {
            change(found);
        }

        Publish(roomId, found);
        return found;
    }

    private void Publish(Guid roomId, RoomMemberships room)
    {
        rooms[roomId] = room;
        weight += room.Weight;
        if (weight <= maxWeight)
        {
            return;
        }

        // A quarter goes at once, so that a full cache does not do this at every load.
        var target = maxWeight - (maxWeight / 4);
        foreach (var (otherId, other) in rooms.Where(r => r.Key != roomId).OrderBy(r => r.Value.TakeUsed()).ToList())
        {
            if (weight <= target)
            {
                return;
            }

            Evict(otherId, other);
        }
    }

    private void Evict(Guid roomId, RoomMemberships room)
    {
        if (rooms.TryRemove(roomId, out _))
        {
            weight -= room.Weight;
        }
    }

    private sealed class Load
    {
        public List<Action<RoomMemberships>> Missed { get; } = [];

        /// <summary>What is being read may be from before a change.</summary>
        public bool IsStale { get; set; }

        public Task<RoomMemberships?> Result { get; set; } = Task.FromResult<RoomMemberships?>(null);
    }
}
