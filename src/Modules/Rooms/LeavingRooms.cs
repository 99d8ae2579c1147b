using System.Runtime.CompilerServices;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Access;
using ChatMonolith.Rooms.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Rooms;

/// <summary>
/// Whose account is deleted leaves every room: where they were the last owner, whoever has the most say and has been there longest owns
/// it; where they were alone, the room goes. Direct rooms stay with the other one, who keeps what was said.
/// </summary>
internal sealed class LeavingRooms(MembershipLog memberships) : IAccountDeletion
{
    public async Task Deleted(ILogTransaction transaction, Guid userId, CancellationToken ct)
    {
        var db = transaction.Use<RoomsDb>();
        var roomIds = await db.Members.Where(m => m.UserId == userId && db.Rooms.Any(r => r.Id == m.RoomId && r.Type != RoomType.Direct && r.DeletedAt == null))
            .OrderBy(m => m.RoomId).Select(m => m.RoomId).ToListAsync(ct);
        foreach (var roomId in roomIds)
        {
            var standing = await db.Standing(roomId, userId, ct);
            if (standing.IsOk)
            {
                await Leave(transaction, db, standing.Value, ct);
            }
        }
    }

    private async Task Leave(ILogTransaction tx, RoomsDb db, Standing standing, CancellationToken ct)
    {
        var (room, me) = standing;
        if (room is { MemberCount: 1, IsGeneral: false })
        {
            await memberships.Delete(tx, db, room, ct);
            return;
        }

        if (!room.IsGeneral && await db.IsLastOwner(me, ct))
        {
            var heir = await db.Members.Where(m => m.RoomId == room.Id && m.UserId != me.UserId).OrderByDescending(m => m.Role).ThenBy(m => m.JoinedAt).FirstAsync(ct);
            await memberships.SetRole(tx, db, heir, RoomRole.Owner, me.UserId, ct);
        }

        await memberships.Remove(tx, db, room, me, me.UserId, ct);
    }
}

/// <summary>The rooms that a person is in, for the copy of their data.</summary>
internal sealed class RoomsData(RoomsDb db) : IPersonalData
{
    public string File => "rooms.json";

    public async IAsyncEnumerable<object> Of(Guid userId, [EnumeratorCancellation] CancellationToken ct)
    {
        var rooms = db.Members.AsNoTracking().Where(m => m.UserId == userId).Join(db.Rooms, m => m.RoomId, r => r.Id, (m, r) => new { r.Id, r.Type, r.Name, m.Role, m.JoinedAt }).OrderBy(r => r.Id);
        await foreach (var r in rooms.AsAsyncEnumerable().WithCancellation(ct))
        {
            yield return new { r.Id, r.Type, r.Name, r.Role, joinedAt = (Instant)r.JoinedAt };
        }
    }
}
