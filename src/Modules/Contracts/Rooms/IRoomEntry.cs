using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Contracts.Messaging;

namespace ChatMonolith.Contracts.Rooms;

/// <summary>Lets somebody into a room, in another module's log transaction.</summary>
public interface IRoomEntry
{
    /// <returns>Null, or why <paramref name="by"/> may not let people in.</returns>
    Task<Error?> LetIn(ILogTransaction transaction, Guid roomId, Guid userId, Guid by, CancellationToken ct);
}
