using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Contracts.Messaging;

namespace ChatMonolith.Contracts.Files;

/// <summary>The files that messages show, in the commit of the message itself.</summary>
public interface IMessageFiles
{
    /// <summary>
    /// Puts the sender's own files into a room, with the message that shows them. Everything is checked before anything is written.
    /// <c>validation</c> for a file that is not there, not theirs, or in a room already.
    /// </summary>
    /// <param name="transaction">The one that inserts the message.</param>
    /// <param name="roomId">The message's room.</param>
    /// <param name="messageId">The message.</param>
    /// <param name="senderId">Who sends it.</param>
    /// <param name="fileIds">In the order in which they are shown; at most 20, each once.</param>
    /// <param name="ct">Cancels before the commit.</param>
    Task<Result<IReadOnlyList<FileView>>> Attach(ILogTransaction transaction, Guid roomId, Guid messageId, Guid senderId, IReadOnlyList<Guid> fileIds, CancellationToken ct);

    /// <summary>What messages show, in order.</summary>
    /// <param name="messageIds">At most 1,000.</param>
    /// <param name="transaction">The log's, for who is inside it; null to read what is committed.</param>
    /// <param name="ct">Cancels the query.</param>
    Task<ILookup<Guid, FileView>> Of(IReadOnlyCollection<Guid> messageIds, ILogTransaction? transaction, CancellationToken ct);

    /// <summary>
    /// The messages are gone. Files that came with them go too; those that were attached are their owner's alone again. At most 1,000.
    /// </summary>
    Task Release(ILogTransaction transaction, IReadOnlyCollection<Guid> messageIds, CancellationToken ct);
}
