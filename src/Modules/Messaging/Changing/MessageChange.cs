using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Reading;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Changing;

/// <summary>What <c>ok</c> adds: the number of the entry that the command made, or the room's current one where nothing changed.</summary>
internal sealed record SeqReply(long Seq);

/// <summary>A message inside the log's transaction, with what its changer is in its room at this moment.</summary>
internal sealed record ChangedMessage(ILogTransaction Log, MessagingDb Db, MessageRow Row, Membership Membership);

/// <summary>
/// The one way in which a message that stands is changed: found through the caller's memberships, found and judged again inside the
/// log's transaction, and committed together with the entry that tells of it.
/// </summary>
internal sealed class MessageChange(MessageAccess messages, IRoomAccess access, IRoomLog log)
{
    /// <summary>Answered by a change that finds everything as it is wanted: the caller gets <c>ok</c>, the log gets no entry.</summary>
    public static readonly Error Unchanged = new("unchanged", "Nothing changed.");

    /// <param name="messageId">The message; <c>not_found</c> unless the caller is in its room.</param>
    /// <param name="caller">Who changes it.</param>
    /// <param name="reply">The socket command that waits, if any.</param>
    /// <param name="change">Changes the row, saves, and answers the entry to append; an error undoes it.</param>
    /// <param name="ct">Cancels what comes before the commit.</param>
    public async Task<Result<SeqReply>> Run(
        Guid messageId, Caller caller, ICommandReply? reply, Func<ChangedMessage, CancellationToken, Task<Result<LogEntry>>> change, CancellationToken ct)
    {
        var room = await messages.RoomOf(messageId, caller.UserId, ct);
        if (!room.IsOk)
        {
            return room.Error;
        }

        var result = await log.Commit<SeqReply>(
            async (tx, token) =>
            {
                // MemberFromMemory: the writer waits for nothing but its own database.
                var membership = access.MemberFromMemory(room.Value, caller.UserId);
                if (!membership.IsOk)
                {
                    return membership.Error.Code == ErrorCodes.Unavailable ? membership.Error : Error.NotFound;
                }

                var db = tx.Use<MessagingDb>();
                if (await db.Messages.SingleOrDefaultAsync(m => m.Id == messageId && m.RoomId == room.Value, token) is not { } row)
                {
                    return Error.NotFound;
                }

                var entry = await change(new ChangedMessage(tx, db, row, membership.Value), token);
                return entry.IsOk ? new SeqReply(await tx.Append(room.Value, entry.Value, token)) : entry.Error;
            },
            new CommitOrigin(caller.SessionId, reply),
            ct);
        return ReferenceEquals(result.Error, Unchanged) ? new SeqReply(await log.LastSeq(room.Value, ct)) : result;
    }
}
