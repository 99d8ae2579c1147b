using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Persistence;

namespace ChatMonolith.Contracts.Messaging;

/// <summary>Messages to everybody, of the kind <c>system</c>, in the room that every installation has.</summary>
public interface IAnnouncements
{
    /// <param name="by">The admin.</param>
    /// <param name="sessionId">Their session: nothing of an ended one is committed.</param>
    /// <param name="text">Markdown, 1 to 2,000 characters.</param>
    /// <param name="within">What belongs into the same transaction.</param>
    /// <param name="ct">Cancels before the commit.</param>
    /// <returns>The message's id.</returns>
    Task<Result<Guid>> Post(Guid by, Guid sessionId, string text, Func<ModuleDbContext, CancellationToken, Task> within, CancellationToken ct);
}
