using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Changing;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Reading;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Messaging;

/// <inheritdoc cref="IFileMessages"/>
internal sealed class FileMessages(PostMessage.Handler posting, IMessageFiles files, IServiceScopeFactory scopes) : IFileMessages
{
    public async Task<Result<SentFileMessage>> Send(
        FileMessage message, Func<ILogTransaction, Guid, CancellationToken, Task<Result<IReadOnlyList<FileView>>>> insert, CancellationToken ct)
    {
        var posted = await posting.SendFile(message, insert, ct);
        if (!posted.IsOk)
        {
            return posted.Error;
        }

        if (posted.Value.View is { } inserted)
        {
            return new SentFileMessage(inserted, Duplicate: false);
        }

        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<MessagingDb>();
        var view = (await MessageViews.Load(db, files, [posted.Value.Id], ct)).GetValueOrDefault(posted.Value.Id)
            ?? posted.Value.Expired(message.RoomId, message.SenderId, message.ClientId);
        return new SentFileMessage(view, Duplicate: true);
    }

    public async Task FilesChanged(ILogTransaction transaction, Guid messageId, Guid by, CancellationToken ct)
    {
        var db = transaction.Use<MessagingDb>();
        if (await db.Messages.SingleOrDefaultAsync(m => m.Id == messageId && m.DeletedAt == null, ct) is not { } row)
        {
            return;
        }

        var view = (await MessageViews.Of(db, files, [row], ct, transaction))[0];
        if (view is { Text.Length: 0, Attachments.Count: 0 })
        {
            await Tombstone.Make(transaction, db, files, row, ct);
            await transaction.Append(row.RoomId, new LogEntry(LogEntryType.MessageDeleted, by, row.Id, ThreadId: row.ThreadId), ct);
        }
        else
        {
            await transaction.Append(row.RoomId, new LogEntry(LogEntryType.MessageEdited, by, row.Id, Message: view), ct);
        }
    }
}
