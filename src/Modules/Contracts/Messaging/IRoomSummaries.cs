namespace ChatMonolith.Contracts.Messaging;

/// <summary>The head of a room's log, and where a person stands in it. True at <paramref name="AtSeq"/>.</summary>
public sealed record RoomSummary(
    long AtSeq,
    string Digest,
    long LastReadSeq,
    int UnreadCount,
    int MentionCount,
    MessageView? LastMessage);

/// <summary>What a room list shows of each room's log.</summary>
public interface IRoomSummaries
{
    /// <summary>For each of <paramref name="roomIds"/>; the caller answers for the right to see them.</summary>
    Task<IReadOnlyDictionary<Guid, RoomSummary>> Of(Guid userId, IReadOnlyCollection<Guid> roomIds, CancellationToken ct);

    /// <summary>The number of the last entry in a person's own log.</summary>
    Task<long> UserSeq(Guid userId, CancellationToken ct);
}
