using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Rooms;

namespace ChatMonolith.Contracts.Messaging;

/// <summary>The durable events that form a room's log, with their wire names in the real-time contract.</summary>
public enum LogEntryType
{
    MessageCreated = 1,
    MessageEdited = 2,
    MessageDeleted = 3,
    ReactionAdded = 4,
    ReactionRemoved = 5,
    MessagePinned = 6,
    MessageUnpinned = 7,
    MemberJoined = 8,
    MemberLeft = 9,
    MemberRole = 10,
    RoomUpdated = 11,
    MessagesExpired = 12,

    /// <summary>Stands for the entries that retention compacted; told, and never appended.</summary>
    LogTrimmed = 13,
}

/// <summary>One entry of a room's log before it has its number.</summary>
/// <param name="Type">What happened.</param>
/// <param name="By">Who did it.</param>
/// <param name="MessageId">For entries about a message.</param>
/// <param name="UserId">For entries about a member.</param>
/// <param name="Emoji">For reactions.</param>
/// <param name="Role">For <c>member.joined</c> and <c>member.role</c>.</param>
/// <param name="Message">What the live frame shows as <c>message</c>.</param>
/// <param name="Room">What the live frame shows as <c>room</c>.</param>
/// <param name="UpToSeq">For <c>messages.expired</c>; for <c>log.trimmed</c> its <c>toSeq</c>.</param>
/// <param name="Digest">For <c>log.trimmed</c>: the whole digest at its end, in hex.</param>
/// <param name="ThreadId">For <c>message.deleted</c>, of a reply: the thread in which it counts no more.</param>
public sealed record LogEntry(
    LogEntryType Type,
    Guid By,
    Guid? MessageId = null,
    Guid? UserId = null,
    string? Emoji = null,
    RoomRole? Role = null,
    MessageView? Message = null,
    RoomView? Room = null,
    long? UpToSeq = null,
    string? Digest = null,
    Guid? ThreadId = null);

/// <param name="SessionId">The session that acts: the writer refuses once it has ended. Null for the server's own acts.</param>
/// <param name="Reply">The socket command that waits for this commit, if it came over a socket.</param>
public sealed record CommitOrigin(Guid? SessionId = null, ICommandReply? Reply = null);

/// <summary>
/// The one writer of all that belongs to a room's or a person's log. Work is run one at a time, in the order of its arrival, inside
/// the transaction that the writer commits next; what it changes in its own tables and the entries it appends are durable together
/// or not at all. Its answer is returned after the commit, and after removals have taken effect on open sockets.
/// </summary>
public interface IRoomLog
{
    /// <summary>
    /// Runs <paramref name="work"/> in the next commit. A failed result rolls back this work alone. Nothing else may be awaited in it
    /// than the transaction's own contexts; rights and rules that must hold at the commit are asked in it, since nobody else writes.
    /// </summary>
    Task<Result<T>> Commit<T>(Func<ILogTransaction, CancellationToken, Task<Result<T>>> work, CommitOrigin origin, CancellationToken ct)
        where T : notnull;

    /// <summary>
    /// As <see cref="Commit"/>, for work that neither reads messages nor appends to rooms' logs: messages that wait to be merged need not
    /// be merged for it.
    /// </summary>
    Task<Result<T>> CommitBeside<T>(Func<ILogTransaction, CancellationToken, Task<Result<T>>> work)
        where T : notnull;

    /// <summary>Returns when everything that was accepted before the call is committed and handed out, or has failed.</summary>
    Task Barrier(CancellationToken ct);

    /// <summary>The number of a room's last committed entry; 0 for a log that is empty.</summary>
    ValueTask<long> LastSeq(Guid roomId, CancellationToken ct);
}

/// <summary>The log's transaction as a module sees it.</summary>
public interface ILogTransaction
{
    /// <summary>The time of this work, UTC milliseconds; the <c>at</c> of its entries.</summary>
    long At { get; }

    /// <summary>The module's context on this transaction's connection; the same one within one work. The work saves, the log disposes.</summary>
    TContext Use<TContext>()
        where TContext : ModuleDbContext;

    /// <summary>Begins a room's log. Before the first <see cref="Append"/> to a new room.</summary>
    Task OpenLog(Guid roomId, CancellationToken ct);

    /// <summary>
    /// Appends to a room's log and returns the entry's <c>seq</c>. <c>member.joined</c> and <c>member.left</c> also move the person's
    /// open sockets into and out of the room, at exactly this place in the order.
    /// </summary>
    Task<long> Append(Guid roomId, LogEntry entry, CancellationToken ct);

    /// <summary>Appends to a person's own log, the same on all their devices. Returns the <c>userSeq</c>.</summary>
    /// <param name="userId">Whose log.</param>
    /// <param name="type">The wire name, such as <c>room.added</c>.</param>
    /// <param name="payload">Its members stand in the frame beside <c>type</c>, <c>userSeq</c> and <c>at</c>.</param>
    /// <param name="ct">Cancels before the commit.</param>
    Task<long> AppendUser(Guid userId, string type, object payload, CancellationToken ct);

    /// <summary>The room is deleted: all sockets leave it, and nothing that waits for them from it is sent any more.</summary>
    void CloseLog(Guid roomId);

    /// <summary>Something of a room has changed that no entry of its log tells, and that other nodes may have in memory.</summary>
    void Changed(Guid roomId);

    /// <summary>Runs after the commit and before anybody hears of it, in order; for caches that follow the log. Must not fail.</summary>
    void OnCommitted(Action action);
}
