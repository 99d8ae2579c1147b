using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Contracts.Files;

namespace ChatMonolith.Contracts.Messaging;

/// <param name="RoomId">Where it goes.</param>
/// <param name="SenderId">Who sends it.</param>
/// <param name="SessionId">The session that acts.</param>
/// <param name="ClientId">The sender's name for the message, once for ever in this room.</param>
/// <param name="Identity">What a repeat has in common with the first: the same name, size and content.</param>
public sealed record FileMessage(Guid RoomId, Guid SenderId, Guid SessionId, string ClientId, string Identity);

/// <param name="Message">As it was inserted, or, for a repeat, as the first one is now.</param>
/// <param name="Duplicate">It is a repeat: nothing was inserted.</param>
public sealed record SentFileMessage(MessageView Message, bool Duplicate);

/// <summary>A file that comes into a room as a message of its own.</summary>
public interface IFileMessages
{
    /// <summary>Sends the message that shows a file, after the same checks in the same order as every other message.</summary>
    /// <param name="message">What is sent.</param>
    /// <param name="insert">
    /// Inserts the file in the message's transaction, and answers what the message shows; gets the message's id. Not called for a repeat.
    /// What it refuses must have changed nothing.
    /// </param>
    /// <param name="ct">Cancels what comes before the commit.</param>
    Task<Result<SentFileMessage>> Send(
        FileMessage message, Func<ILogTransaction, Guid, CancellationToken, Task<Result<IReadOnlyList<FileView>>>> insert, CancellationToken ct);

    /// <summary>
    /// A file of this message is another now, or gone, in the same transaction: the room hears of it. A message that showed nothing else
    /// becomes a tombstone.
    /// </summary>
    Task FilesChanged(ILogTransaction transaction, Guid messageId, Guid by, CancellationToken ct);
}
