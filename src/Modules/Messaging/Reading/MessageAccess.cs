using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Data;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Reading;

/// <summary>
/// Reads through the caller's memberships. Rights are asked before a read and once more after it, so that nothing read is handed out
/// once a removal has returned.
/// </summary>
internal sealed class MessageAccess(MessagingDb db, IRoomAccess access)
{
    /// <summary>The room of a message that the caller may see; what is not there and what is not theirs is the same <c>not_found</c>.</summary>
    public async Task<Result<Guid>> RoomOf(Guid messageId, Guid userId, CancellationToken ct)
    {
        var roomId = await db.Messages.Where(m => m.Id == messageId).Select(m => (Guid?)m.RoomId).SingleOrDefaultAsync(ct);
        return roomId is { } id && (await access.Member(id, userId, ct)).IsOk ? id : Error.NotFound;
    }

    public async Task<Result<T>> InRoom<T>(Guid roomId, Guid userId, Func<Task<Result<T>>> read, CancellationToken ct)
    {
        var before = await access.Member(roomId, userId, ct);
        if (!before.IsOk)
        {
            return before.Error;
        }

        var answer = await read();
        var after = await access.Member(roomId, userId, ct);
        return after.IsOk ? answer : after.Error;
    }

    public async Task<Result<T>> OfMessage<T>(Guid messageId, Guid userId, Func<Task<Result<T>>> read, CancellationToken ct)
    {
        var room = await RoomOf(messageId, userId, ct);
        if (!room.IsOk)
        {
            return room.Error;
        }

        var answer = await read();
        return (await access.Member(room.Value, userId, ct)).IsOk ? answer : Error.NotFound;
    }
}
