using ChatMonolith.Contracts.Messaging;

namespace ChatMonolith.Messaging.Log;

/// <summary>The wire names of log entries (real-time contract, "Events").</summary>
internal static class EntryNames
{
    public static string Of(LogEntryType type) => type switch
    {
        LogEntryType.MessageCreated => "message.created",
        LogEntryType.MessageEdited => "message.edited",
        LogEntryType.MessageDeleted => "message.deleted",
        LogEntryType.ReactionAdded => "reaction.added",
        LogEntryType.ReactionRemoved => "reaction.removed",
        LogEntryType.MessagePinned => "message.pinned",
        LogEntryType.MessageUnpinned => "message.unpinned",
        LogEntryType.MemberJoined => "member.joined",
        LogEntryType.MemberLeft => "member.left",
        LogEntryType.MemberRole => "member.role",
        LogEntryType.RoomUpdated => "room.updated",
        LogEntryType.MessagesExpired => "messages.expired",
        LogEntryType.LogTrimmed => "log.trimmed",
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "An entry type without a name."),
    };

    public static bool ShowsMessage(LogEntryType type) => type is LogEntryType.MessageCreated or LogEntryType.MessageEdited;
}
