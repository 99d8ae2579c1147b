using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Contracts.Messaging;

namespace ChatMonolith.Contracts.Rooms;

/// <summary>What a person is in a room.</summary>
public sealed record Membership(RoomType RoomType, RoomRole Role, int SlowModeSeconds)
{
    /// <summary>Somebody in the room wanted to hear of every message, lately at least: it is worth asking who.</summary>
    public bool SomeWantAll { get; init; }

    /// <summary>Has a say over what others write. In a direct room neither has, though both own it.</summary>
    public bool IsModerator => RoomType is not RoomType.Direct && Role is (RoomRole.Moderator or RoomRole.Owner);

    /// <summary>Has to wait between two messages.</summary>
    public bool IsSlowed => SlowModeSeconds > 0 && !IsModerator;
}

/// <summary>
/// The one rule of rights in rooms, answered from a cache in memory that follows the log. HTTP, socket, files and jobs all ask here.
/// </summary>
public interface IRoomAccess
{
    /// <summary>
    /// The caller's membership; <c>not_found</c> for a room they may not see (or that does not exist), <c>forbidden</c> for a public
    /// room they have not joined.
    /// </summary>
    ValueTask<Result<Membership>> Member(Guid roomId, Guid userId, CancellationToken ct);

    /// <summary>As <see cref="Member"/>, without I/O. For the log's writer, which has asked <see cref="Load"/> before.</summary>
    Result<Membership> MemberFromMemory(Guid roomId, Guid userId);

    /// <summary>The people of a room that is in memory; nobody for another. For the log's writer.</summary>
    IReadOnlyCollection<Guid> MembersFromMemory(Guid roomId);

    /// <summary>Brings a room's memberships into memory.</summary>
    ValueTask Load(Guid roomId, CancellationToken ct);

    /// <summary>
    /// Empties the memory: the outcome of a commit is not known, so what follows the log has to be read anew. Called by the log's
    /// writer while nothing is being committed.
    /// </summary>
    void Forget();

    /// <summary>Another node has changed the room: it is read anew when it is next asked for.</summary>
    void Forget(Guid roomId);

    /// <summary>An entry of another node: what it changes of who is in the room is changed here.</summary>
    void Follow(Guid roomId, LogEntry entry);

    /// <summary>The rooms of a person, ascending by id.</summary>
    Task<IReadOnlyList<Guid>> RoomsOf(Guid userId, CancellationToken ct);

    /// <summary>The people of a room.</summary>
    ValueTask<IReadOnlyCollection<Guid>> MembersOf(Guid roomId, CancellationToken ct);

    /// <summary>The subset of <paramref name="others"/> who share at least one room with <paramref name="userId"/>.</summary>
    Task<IReadOnlySet<Guid>> SharingARoom(Guid userId, IReadOnlyCollection<Guid> others, CancellationToken ct);

    /// <summary>The people with whom <paramref name="userId"/> has a direct room.</summary>
    Task<IReadOnlyList<Guid>> Contacts(Guid userId, CancellationToken ct);
}

/// <summary>Asks for rooms as any member sees them.</summary>
public interface IRooms
{
    Task<IReadOnlyDictionary<Guid, RoomView>> Find(IReadOnlyCollection<Guid> roomIds, CancellationToken ct);

    /// <summary>The room that every installation has; null before the first account.</summary>
    Task<Guid?> General(CancellationToken ct);
}
