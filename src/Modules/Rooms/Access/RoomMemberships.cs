using System.Collections.Concurrent;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Contracts.Rooms;

namespace ChatMonolith.Rooms.Access;

/// <summary>
/// One room in the cache. Reading takes no lock; all changes are made under the cache's own. Members are changed in place, so that a
/// join costs the same in a room of three and of 15,000.
/// </summary>
internal sealed class RoomMemberships
{
    private readonly ConcurrentDictionary<Guid, RoomRole> members;
    private volatile Membership[] byRole;
    private volatile bool gone;
    private volatile bool used = true;

    public RoomMemberships(RoomType type, int slowModeSeconds, IReadOnlyCollection<KeyValuePair<Guid, RoomRole>> people, bool someWantAll = false)
    {
        byRole = ForEachRole(type, slowModeSeconds, someWantAll);
        members = new ConcurrentDictionary<Guid, RoomRole>(concurrencyLevel: 1, people.Count);
        foreach (var (userId, role) in people)
        {
            members[userId] = role;
        }
    }

    /// <summary>What the cache's bound counts: the people, and one for the room itself.</summary>
    public int Weight => members.Count + 1;

    public IReadOnlyCollection<Guid> People => gone ? [] : (IReadOnlyCollection<Guid>)members.Keys;

    public Result<Membership> Of(Guid userId)
    {
        if (!gone && members.TryGetValue(userId, out var role))
        {
            return byRole[(int)role];
        }

        return RoomRules.Outside(gone ? null : byRole[0].RoomType);
    }

    public void Set(Guid userId, RoomRole role) => members[userId] = role;

    public void Remove(Guid userId) => members.TryRemove(userId, out _);

    public void SetSlowMode(int seconds) => byRole = ForEachRole(byRole[0].RoomType, seconds, byRole[0].SomeWantAll);

    /// <summary>It stays said until the room is read anew: whoever asks, asks the rows.</summary>
    public void SetSomeWantAll() => byRole = ForEachRole(byRole[0].RoomType, byRole[0].SlowModeSeconds, someWantAll: true);

    public void Delete()
    {
        gone = true;
        members.Clear();
    }

    public void Touch()
    {
        // Written only when it changes: a line of memory that every message writes would travel between all cores.
        if (!used)
        {
            used = true;
        }
    }

    /// <summary>Whether anybody asked since the last time this was called.</summary>
    public bool TakeUsed()
    {
        var was = used;
        used = false;
        return was;
    }

    private static Membership[] ForEachRole(RoomType type, int slowModeSeconds, bool someWantAll) =>
        [.. Enum.GetValues<RoomRole>().Order().Select(role => new Membership(type, role, slowModeSeconds) { SomeWantAll = someWantAll })];
}
