using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;

namespace ChatMonolith.Contracts.Admin;

/// <summary>Something that admins do to many things, one after the other, each by the same use case as alone.</summary>
public interface IBulkAction
{
    /// <summary>Such as <c>users.deactivate</c>.</summary>
    string Name { get; }

    /// <param name="actor">The admin, who is asked for before each.</param>
    /// <param name="id">To which.</param>
    /// <param name="ct">Stops before the commit.</param>
    /// <returns>Null when it is done.</returns>
    Task<Error?> Apply(Actor actor, Guid id, CancellationToken ct);
}
