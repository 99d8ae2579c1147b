using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Rooms;

/// <summary>
/// The public room that every installation has. It begins with the first account; each account but a guest's joins it in the
/// transaction that makes the account. While it has no owner, the next admin who comes in is one.
/// </summary>
internal sealed class GeneralRoom(MembershipLog memberships) : IAccountCreation
{
    public async Task Created(ILogTransaction transaction, UserView user, CancellationToken ct)
    {
        if (user.Role is ServerRole.Guest)
        {
            return;
        }

        var db = transaction.Use<RoomsDb>();
        var room = await db.Rooms.SingleOrDefaultAsync(r => r.Handle == Room.General, ct);
        if (room is null)
        {
            room = Room.Create(RoomType.Public, Room.General, "Everyone on this server", user.Id, transaction.At, handle: Room.General);
            await memberships.Create(transaction, db, room, [new Newcomer(user.Id, user.IsAdmin ? RoomRole.Owner : RoomRole.Member)], user.Id, ct);
            return;
        }

        var role = await RoleFor(db, room, user.IsAdmin, ct);
        await memberships.Add(transaction, db, room, [new Newcomer(user.Id, role)], user.Id, lastSeq: 0, ct);
    }

    /// <summary>What somebody who joins <paramref name="room"/> by themselves is in it.</summary>
    public static async Task<RoomRole> RoleFor(RoomsDb db, Room room, bool isAdmin, CancellationToken ct) =>
        room.IsGeneral && isAdmin && !await db.Members.AnyAsync(m => m.RoomId == room.Id && m.Role == RoomRole.Owner, ct) ? RoomRole.Owner : RoomRole.Member;
}
