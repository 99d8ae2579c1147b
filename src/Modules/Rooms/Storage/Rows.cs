using ChatMonolith.Contracts.Rooms;

namespace ChatMonolith.Rooms.Storage;

/// <summary>A room. A direct room has neither name nor handle; every other has a name.</summary>
internal sealed class Room
{
    public const int MaxHandle = 32;
    public const int MaxAvatarVersion = BuildingBlocks.Pictures.Picture.VersionLength;

    /// <summary>The handle of the one room that every installation has.</summary>
    public const string General = "general";

    public required Guid Id { get; init; }

    public required RoomType Type { get; init; }

    public string? Name { get; private set; }

    /// <summary>The name in lower case, by which the directory is ordered and searched.</summary>
    public string? NameKey { get; private set; }

    public required string Topic { get; set; }

    public required Guid CreatedBy { get; init; }

    public required long CreatedAt { get; init; }

    /// <summary>Kept with the membership rows, in the same transactions.</summary>
    public int MemberCount { get; set; }

    public int SlowModeSeconds { get; set; }

    /// <summary>0 keeps messages for ever.</summary>
    public int RetentionDays { get; set; }

    /// <summary>For direct rooms; unique, so that two people have one such room however it comes to be.</summary>
    public byte[]? PairKey { get; init; }

    /// <summary>Unique; names a room that the server itself knows.</summary>
    public string? Handle { get; init; }

    public long? DeletedAt { get; set; }

    /// <summary>Changes with the picture; null without one.</summary>
    public string? AvatarVersion { get; set; }

    public string? AvatarUrl => AvatarVersion is null ? null : $"/api/v1/rooms/{Id}/avatar?v={AvatarVersion}";

    public bool IsGeneral => Handle == General;

    public static Room Create(RoomType type, string? name, string? topic, Guid by, long at, byte[]? pairKey = null, string? handle = null)
    {
        var room = new Room
        {
            Id = Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(at)),
            Type = type,
            Topic = topic ?? "",
            CreatedBy = by,
            CreatedAt = at,
            PairKey = pairKey,
            Handle = handle,
        };
        room.Rename(name);
        return room;
    }

    public void Rename(string? name)
    {
        Name = name;
        NameKey = name?.ToLowerInvariant();
    }

    public RoomView ToView(long lastSeq) =>
        new(Id, Type, Name, Topic, AvatarUrl, CreatedBy, CreatedAt, MemberCount, lastSeq, SlowModeSeconds, RetentionDays);
}

internal sealed class RoomMember
{
    public required Guid RoomId { get; init; }

    public required Guid UserId { get; init; }

    public required RoomRole Role { get; set; }

    public required long JoinedAt { get; init; }

    public bool Muted { get; set; }

    /// <summary>Null: mentions.</summary>
    public RoomNotify? Notify { get; set; }
}

/// <summary>An invitation by link. Its code is known to whom it was shown; here lies only the code's hash.</summary>
internal sealed class RoomInvite
{
    public const int HashBytes = 32;

    public required Guid Id { get; init; }

    public required Guid RoomId { get; init; }

    public required byte[] CodeHash { get; init; }

    public required Guid CreatedBy { get; init; }

    public required long CreatedAt { get; init; }

    public long? ExpiresAt { get; init; }

    public int? MaxUses { get; init; }

    public int Uses { get; private set; }

    /// <summary>When the last use was taken.</summary>
    public long? UsedUpAt { get; private set; }

    public bool HasEnded(long now) => UsedUpAt is not null || ExpiresAt <= now;

    public void Use(long now)
    {
        Uses++;
        if (Uses >= MaxUses)
        {
            UsedUpAt = now;
        }
    }
}

/// <summary>What a person chose to show, and when their last socket was seen.</summary>
internal sealed class PersonPresence
{
    public required Guid UserId { get; init; }

    public ChosenStatus Chosen { get; set; }

    public long? LastSeenAt { get; set; }
}

internal enum ChosenStatus
{
    Online,
    Away,
    Busy,
    Invisible,
}
