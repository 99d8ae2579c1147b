using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Storage;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Rooms.Access;

/// <summary>Rooms as any member sees them, for other modules.</summary>
internal sealed class RoomReader(IServiceScopeFactory scopes, IRoomLog log) : IRooms
{
    public async Task<Guid?> General(CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<RoomsDb>().Rooms.Where(r => r.Handle == Room.General).Select(r => (Guid?)r.Id).SingleOrDefaultAsync(ct);
    }

    public async Task<IReadOnlyDictionary<Guid, RoomView>> Find(IReadOnlyCollection<Guid> roomIds, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<RoomsDb>();
        var rooms = await db.Rooms.AsNoTracking().Where(r => roomIds.Contains(r.Id) && r.DeletedAt == null).ToListAsync(ct);
        var views = new Dictionary<Guid, RoomView>(rooms.Count);
        foreach (var room in rooms)
        {
            views[room.Id] = room.ToView(await log.LastSeq(room.Id, ct));
        }

        return views;
    }
}
