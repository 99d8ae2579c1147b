using ChatMonolith.BuildingBlocks.Time;

namespace ChatMonolith.Contracts.Messaging;

/// <summary>What somebody is told of. The numbers are stored.</summary>
public enum NotificationKind
{
    Mention = 1,
    Reply = 2,
    Added = 3,
    Transfer = 4,
    System = 5,

    /// <summary>A message in a direct room: it is pushed, but stands in no list, since the room's unread count tells of it.</summary>
    Direct = 6,

    /// <summary>Any message of a room whose member asked to hear of each one: pushed only, too.</summary>
    Message = 7,
}

/// <summary>The contract's <c>notification</c>, with the message's number and thread beside it.</summary>
public sealed record NotificationView(
    Guid Id,
    NotificationKind Kind,
    Guid? RoomId,
    Guid? MessageId,
    Guid? TransferId,
    Guid? ActorId,
    string Text,
    long Seq,
    Guid? ThreadId,
    Instant? ReadAt,
    Instant CreatedAt);

/// <param name="Kind">What happened.</param>
/// <param name="RoomId">Where, if in a room: who muted it is not told of what is said there.</param>
/// <param name="MessageId">The message it is about; its text is not kept with the notification, so that it leaves with the message.</param>
/// <param name="TransferId">The transfer it is about.</param>
/// <param name="ActorId">Who did it; never told themselves.</param>
/// <param name="Text">At most 300 characters, for what is about no message.</param>
/// <param name="Seq">The message's number in its room.</param>
/// <param name="ThreadId">The message's thread.</param>
/// <param name="Excerpt">The message's text, for those who are told now.</param>
public sealed record NewNotification(
    NotificationKind Kind,
    Guid? RoomId = null,
    Guid? MessageId = null,
    Guid? TransferId = null,
    Guid? ActorId = null,
    string Text = "",
    long Seq = 0,
    Guid? ThreadId = null,
    string Excerpt = "");

/// <summary>Tells people of something, in the commit of the thing itself: rows, events in their own logs, and what is owed to their devices.</summary>
public interface INotifications
{
    /// <summary>
    /// For each of <paramref name="userIds"/> as far as their preferences and mutes ask for it. The work grows with their number; callers
    /// bound it.
    /// </summary>
    Task Notify(ILogTransaction transaction, IReadOnlyCollection<Guid> userIds, NewNotification notification, CancellationToken ct);
}
