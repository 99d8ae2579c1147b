using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Storage;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Rooms.Access;

/// <summary>A room with the row of the one who acts in it.</summary>
internal sealed record Standing(Room Room, RoomMember Me);

/// <summary>How rights are asked: outside the log from memory, to spare its writer; inside its transaction from the rows, where the answer holds.</summary>
internal static class Standings
{
    public static async ValueTask<Result<Membership>> May(this IRoomAccess access, Guid roomId, Guid userId, RoomAction action, CancellationToken ct)
    {
        var member = await access.Member(roomId, userId, ct);
        return member.IsOk && RoomRules.Refusal(action, member.Value.RoomType, member.Value.Role) is { } refusal ? refusal : member;
    }

    /// <summary>For a log transaction. The room's row is locked until its end, so that its rules hold at the commit on every node.</summary>
    public static async Task<Result<Standing>> Standing(this RoomsDb db, Guid roomId, Guid userId, CancellationToken ct)
    {
        var room = await db.LockRoom(roomId, ct);
        var me = room is null ? null : await db.Members.SingleOrDefaultAsync(m => m.RoomId == roomId && m.UserId == userId, ct);
        return me is null ? RoomRules.Outside(room?.Type) : new Standing(room!, me);
    }

    public static async Task<Result<Standing>> Standing(this RoomsDb db, Guid roomId, Guid userId, RoomAction action, CancellationToken ct)
    {
        var standing = await db.Standing(roomId, userId, ct);
        return standing.IsOk && RoomRules.Refusal(action, standing.Value.Room.Type, standing.Value.Me.Role) is { } refusal ? refusal : standing;
    }

    /// <summary>The room, locked where there are row locks; null when it does not exist or is deleted.</summary>
    public static Task<Room?> LockRoom(this RoomsDb db, Guid roomId, CancellationToken ct)
    {
        var rooms = db.Database.IsNpgsql() ? db.Rooms.FromSql($"SELECT * FROM rooms_rooms WHERE id = {roomId} FOR UPDATE") : db.Rooms.Where(r => r.Id == roomId);
        return rooms.SingleOrDefaultAsync(r => r.DeletedAt == null, ct);
    }
}
