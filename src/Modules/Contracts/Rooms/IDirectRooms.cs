using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;

namespace ChatMonolith.Contracts.Rooms;

/// <summary>The one direct room of a pair of people.</summary>
public interface IDirectRooms
{
    /// <summary>Finds it or makes it; <c>not_found</c> for people whom one cannot write to.</summary>
    Task<Result<Guid>> Open(Caller caller, Guid peerId, CancellationToken ct);
}
