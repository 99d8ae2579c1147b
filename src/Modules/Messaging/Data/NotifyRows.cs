using ChatMonolith.Contracts.Messaging;

namespace ChatMonolith.Messaging.Data;

/// <summary>A message names somebody; under the room's own id, everybody in it.</summary>
internal sealed class MentionRow
{
    public Guid MessageId { get; set; }

    public Guid UserId { get; set; }

    public Guid RoomId { get; set; }

    /// <summary>The message's number.</summary>
    public long Seq { get; set; }

    public Guid SenderId { get; set; }

    /// <summary>It counts as unread in its room: replies in threads do not.</summary>
    public bool Counts { get; set; }
}

internal sealed class NotificationRow
{
    public const int MaxText = 300;

    public Guid Id { get; set; }

    public Guid UserId { get; set; }

    public NotificationKind Kind { get; set; }

    public Guid? RoomId { get; set; }

    public Guid? MessageId { get; set; }

    public Guid? TransferId { get; set; }

    public Guid? ActorId { get; set; }

    public long Seq { get; set; }

    public Guid? ThreadId { get; set; }

    /// <summary>Empty for what is about a message: its text stands in one place only.</summary>
    public string Text { get; set; } = "";

    public long CreatedAt { get; set; }

    public long? ReadAt { get; set; }
}

/// <summary>Of what a person wants to be told. No row: the defaults.</summary>
internal sealed class PreferenceRow
{
    public const int MaxZone = 64;

    /// <summary>The kinds that people choose about.</summary>
    public static readonly NotificationKind[] Kinds =
        [NotificationKind.Mention, NotificationKind.Reply, NotificationKind.Direct, NotificationKind.Added, NotificationKind.Transfer, NotificationKind.System];

    public Guid UserId { get; set; }

    /// <summary>A bit for each <see cref="NotificationKind"/>.</summary>
    public int InApp { get; set; } = ~0;

    public int Push { get; set; } = ~0;

    public int Mail { get; set; }

    public bool DoNotDisturb { get; set; }

    /// <summary>Minutes since midnight, in <see cref="Zone"/>.</summary>
    public int QuietFrom { get; set; } = 22 * 60;

    public int QuietTo { get; set; } = 7 * 60;

    /// <summary>An IANA time zone.</summary>
    public string Zone { get; set; } = "UTC";

    public static int Bit(NotificationKind kind) => 1 << (int)kind;
}
