using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Access;
using ChatMonolith.Rooms.Storage;

namespace ChatMonolith.Rooms.Members;

internal sealed class RoomEntry(MembershipLog memberships) : IRoomEntry
{
    public async Task<Error?> LetIn(ILogTransaction transaction, Guid roomId, Guid userId, Guid by, CancellationToken ct)
    {
        var db = transaction.Use<RoomsDb>();
        var standing = await db.Standing(roomId, by, RoomAction.AddPeople, ct);
        if (!standing.IsOk)
        {
            return standing.Error;
        }

        await memberships.Add(transaction, db, standing.Value.Room, [new Newcomer(userId, RoomRole.Member)], by, lastSeq: 0, ct);
        return null;
    }
}
