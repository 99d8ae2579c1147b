using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Files;

namespace ChatMonolith.Contracts.Messaging;

public enum MessageType
{
    Text,
    File,
    System,
}

public sealed record ReplyView(Guid Id, long Seq, Guid SenderId, string Excerpt);

/// <param name="Emoji">At most 64 bytes.</param>
/// <param name="Count">All who reacted so.</param>
/// <param name="UserIds">The first 20 of them, the reader among them if they reacted; in frames, which are the same for all, the first 20.</param>
public sealed record ReactionView(string Emoji, int Count, IReadOnlyList<Guid> UserIds);

/// <summary>The contract's <c>message</c>.</summary>
public sealed record MessageView(
    Guid Id,
    Guid RoomId,
    long Seq,
    Guid SenderId,
    string ClientId,
    MessageType Type,
    string Text,
    string? Html,
    ReplyView? ReplyTo,
    Guid? ThreadId,
    int ReplyCount,
    Instant? LastReplyAt,
    IReadOnlyList<Guid> ReplierIds,
    IReadOnlyList<FileView> Attachments,
    IReadOnlyList<ReactionView> Reactions,
    IReadOnlyList<Guid> Mentions,
    bool IsEdited,
    Instant? EditedAt,
    bool IsDeleted,
    bool Pinned,
    Instant CreatedAt)
{
    /// <summary>The message is for everybody in the room; <see cref="Mentions"/> does not list them.</summary>
    public bool MentionsAll { get; init; }
}
