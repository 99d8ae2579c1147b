using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;

namespace ChatMonolith.Contracts.Rooms;

public enum RoomType
{
    Public,
    Private,
    Direct,
}

public enum RoomRole
{
    Member,
    Moderator,
    Owner,
}

/// <summary>The contract's <c>room</c>, without what is personal.</summary>
public record RoomView(
    Guid Id,
    RoomType Type,
    string? Name,
    string Topic,
    string? AvatarUrl,
    Guid CreatedBy,
    Instant CreatedAt,
    int MemberCount,
    long LastSeq,
    int SlowModeSeconds,
    int RetentionDays);

/// <summary>The contract's <c>room</c> as its member sees it.</summary>
public sealed record MyRoomView(
    Guid Id,
    RoomType Type,
    string? Name,
    string Topic,
    string? AvatarUrl,
    Guid CreatedBy,
    Instant CreatedAt,
    int MemberCount,
    long LastSeq,
    int SlowModeSeconds,
    int RetentionDays,
    RoomRole? Role,
    long LastReadSeq,
    int UnreadCount,
    int MentionCount,
    bool Muted,
    MessageView? LastMessage,
    long AtSeq,
    string Digest,
    UserView? Peer)
    : RoomView(Id, Type, Name, Topic, AvatarUrl, CreatedBy, CreatedAt, MemberCount, LastSeq, SlowModeSeconds, RetentionDays)
{
    /// <summary>Of what the caller wants to hear; <see cref="Muted"/> wins.</summary>
    public RoomNotify Notify { get; init; }
}
