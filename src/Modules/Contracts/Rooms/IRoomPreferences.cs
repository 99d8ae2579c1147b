using ChatMonolith.Contracts.Messaging;

namespace ChatMonolith.Contracts.Rooms;

/// <summary>Of what in a room a member wants to hear on their devices. Mute is apart from it and wins.</summary>
public enum RoomNotify
{
    Mentions,
    All,
}

/// <summary>What members want to hear of a room.</summary>
public interface IRoomPreferences
{
    /// <summary>The subset of <paramref name="userIds"/> who muted the room, read on the log's own transaction.</summary>
    Task<IReadOnlySet<Guid>> Muted(ILogTransaction transaction, Guid roomId, IReadOnlyCollection<Guid> userIds, CancellationToken ct);

    /// <summary>The subset of <paramref name="userIds"/> who want to hear of every message, read on the log's own transaction.</summary>
    Task<IReadOnlySet<Guid>> WantAll(ILogTransaction transaction, Guid roomId, IReadOnlyCollection<Guid> userIds, CancellationToken ct);

    /// <summary>The names of rooms, whoever asks; null for direct and unknown ones.</summary>
    Task<string?> NameOf(Guid roomId, CancellationToken ct);
}
