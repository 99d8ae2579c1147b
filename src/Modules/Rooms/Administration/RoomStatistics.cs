using ChatMonolith.Contracts.Admin;
using ChatMonolith.Rooms.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Rooms.Administration;

internal sealed class RoomStatistics(RoomsDb db) : IStatistics
{
    public async Task<IReadOnlyList<Figure>> Read(CancellationToken ct) => [new Figure("rooms", await db.Rooms.CountAsync(r => r.DeletedAt == null, ct))];
}
