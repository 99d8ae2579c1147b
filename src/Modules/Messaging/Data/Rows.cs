using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;

namespace ChatMonolith.Messaging.Data;

/// <summary>The head of a room's log. Its row is what a node locks before it takes a number.</summary>
internal sealed class RoomHeadRow
{
    public Guid RoomId { get; set; }

    public long Seq { get; set; }

    /// <summary>d(<see cref="Seq"/>), 32 bytes.</summary>
    public byte[] Digest { get; set; } = [];
}

internal sealed class LogRow
{
    public Guid RoomId { get; set; }

    public long Seq { get; set; }

    public LogEntryType Type { get; set; }

    public long At { get; set; }

    public Guid ById { get; set; }

    public Guid? MessageId { get; set; }

    public Guid? UserId { get; set; }

    public string? Emoji { get; set; }

    public RoomRole? Role { get; set; }
}

internal sealed class MessageRow
{
    public Guid Id { get; set; }

    public Guid RoomId { get; set; }

    /// <summary>The number of the entry that created it.</summary>
    public long Seq { get; set; }

    public Guid SenderId { get; set; }

    public string ClientId { get; set; } = "";

    /// <summary>A keyed MAC of the request, by which a repeat is told from another request under the same client id.</summary>
    public byte[] RequestMac { get; set; } = [];

    public MessageType Type { get; set; }

    /// <summary>Null once deleted.</summary>
    public string? Text { get; set; }

    public string? Html { get; set; }

    public Guid? ReplyToId { get; set; }

    public Guid? ThreadId { get; set; }

    public long CreatedAt { get; set; }

    public long? EditedAt { get; set; }

    public long? DeletedAt { get; set; }

    public long? PinnedAt { get; set; }

    public Guid? PinnedBy { get; set; }

    public int ReplyCount { get; set; }

    public long? LastReplyAt { get; set; }
}

internal sealed class RevisionRow
{
    public Guid MessageId { get; set; }

    /// <summary>1 for the first text.</summary>
    public int Number { get; set; }

    public string Text { get; set; } = "";

    /// <summary>When this text was written.</summary>
    public long At { get; set; }
}

internal sealed class ReactionRow
{
    public Guid MessageId { get; set; }

    public string Emoji { get; set; } = "";

    public Guid UserId { get; set; }

    public long At { get; set; }
}

/// <summary>How far a person has read a room.</summary>
internal sealed class ReadRow
{
    public Guid RoomId { get; set; }

    public Guid UserId { get; set; }

    public long Seq { get; set; }

    public long At { get; set; }
}

internal sealed class UserHeadRow
{
    public Guid UserId { get; set; }

    public long Seq { get; set; }
}

internal sealed class UserLogRow
{
    public Guid UserId { get; set; }

    public long UserSeq { get; set; }

    public long At { get; set; }

    public string Type { get; set; } = "";

    /// <summary>The members of the event beside type, userSeq and at, as a JSON object.</summary>
    public string Payload { get; set; } = "{}";
}

/// <summary>Messages of one commit that wait for the tables; SQLite only (<see cref="Log.LogTail"/>).</summary>
internal sealed class TailRow
{
    public long Number { get; set; }

    public byte[] Messages { get; set; } = [];
}

/// <summary>Facts about this installation's logs, such as their epoch.</summary>
internal sealed class MetaRow
{
    public const string Epoch = "epoch";

    public string Key { get; set; } = "";

    public string Value { get; set; } = "";
}
