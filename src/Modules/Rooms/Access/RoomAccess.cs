using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Rooms.Access;

internal sealed class RoomAccess(MembershipCache cache, IServiceScopeFactory scopes, IGuests guests) : IRoomAccess
{
    /// <summary>Ids in one statement; longer lists are asked for in parts.</summary>
    private const int IdsPerQuery = 500;

    public async ValueTask<Result<Membership>> Member(Guid roomId, Guid userId, CancellationToken ct) =>
        await cache.Get(roomId, ct) is { } room ? Of(room, userId) : RoomRules.Outside(null);

    public Result<Membership> MemberFromMemory(Guid roomId, Guid userId) =>
        cache.Peek(roomId) is { } room ? Of(room, userId) : Error.Unavailable();

    public IReadOnlyCollection<Guid> MembersFromMemory(Guid roomId) => cache.Peek(roomId)?.People ?? [];

    public async ValueTask Load(Guid roomId, CancellationToken ct) => await cache.Get(roomId, ct);

    public void Forget() => cache.Clear();

    public void Forget(Guid roomId) => cache.Forget(roomId);

    public void Follow(Guid roomId, LogEntry entry)
    {
        switch (entry)
        {
            case { Type: LogEntryType.MemberJoined or LogEntryType.MemberRole, UserId: { } userId, Role: { } role }:
                cache.Apply(roomId, r => r.Set(userId, role));
                break;
            case { Type: LogEntryType.MemberLeft, UserId: { } userId }:
                cache.Apply(roomId, r => r.Remove(userId));
                break;
        }
    }

    public async Task<IReadOnlyList<Guid>> RoomsOf(Guid userId, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RoomsDb>();
        return await db.Members.Where(m => m.UserId == userId).OrderBy(m => m.RoomId).Select(m => m.RoomId).ToListAsync(ct);
    }

    public async ValueTask<IReadOnlyCollection<Guid>> MembersOf(Guid roomId, CancellationToken ct) =>
        await cache.Get(roomId, ct) is { } room ? room.People : [];

    public async Task<IReadOnlySet<Guid>> SharingARoom(Guid userId, IReadOnlyCollection<Guid> others, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RoomsDb>();
        var sharing = new HashSet<Guid>();
        foreach (var some in others.Chunk(IdsPerQuery))
        {
            sharing.UnionWith(await db.Members
                .Where(other => some.Contains(other.UserId) && db.Members.Any(mine => mine.UserId == userId && mine.RoomId == other.RoomId))
                .Select(other => other.UserId).Distinct().ToListAsync(ct));
        }

        return sharing;
    }

    public async Task<IReadOnlyList<Guid>> Contacts(Guid userId, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RoomsDb>();
        var keys = await db.Members.Where(m => m.UserId == userId)
            .Join(db.Rooms.Where(r => r.PairKey != null), m => m.RoomId, r => r.Id, (_, r) => r.PairKey!).ToListAsync(ct);
        return [.. keys.Select(key => PairKey.Peer(key, userId))];
    }

    /// <summary>To a guest a public room is as private as any other.</summary>
    private Result<Membership> Of(RoomMemberships room, Guid userId)
    {
        var membership = room.Of(userId);
        return !membership.IsOk && guests.IsGuest(userId) ? RoomRules.Outside(null) : membership;
    }

    /// <summary>What the cache reads a room with.</summary>
    public static async Task<RoomMemberships?> Read(IServiceScopeFactory scopes, Guid roomId)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RoomsDb>();
        var room = await db.Rooms.Where(r => r.Id == roomId && r.DeletedAt == null).Select(r => new { r.Type, r.SlowModeSeconds }).SingleOrDefaultAsync();
        if (room is null)
        {
            return null;
        }

        var people = await db.Members.Where(m => m.RoomId == roomId).Select(m => new { m.UserId, m.Role, m.Notify }).ToListAsync();
        return new RoomMemberships(
            room.Type, room.SlowModeSeconds, people.ConvertAll(m => KeyValuePair.Create(m.UserId, m.Role)), people.Exists(m => m.Notify is RoomNotify.All));
    }
}
