using ChatMonolith.BuildingBlocks.Errors;

namespace ChatMonolith.Contracts.Messaging;

/// <summary>Sends messages for those who have no session: the same door, with the same rules, as everybody's.</summary>
public interface IPosting
{
    /// <returns>The message's id; of the first one for a repeat.</returns>
    Task<Result<Guid>> Post(Guid roomId, Guid senderId, string clientId, string text, CancellationToken ct);

    /// <summary>A text's Markdown as sanitised HTML, as messages have it; null where that would be the escaped text.</summary>
    string? Render(string text);
}
