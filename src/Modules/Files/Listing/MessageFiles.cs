using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Files.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Files.Listing;

/// <inheritdoc cref="IMessageFiles"/>
internal sealed class MessageFiles(IServiceScopeFactory scopes) : IMessageFiles
{
    public async Task<Result<IReadOnlyList<FileView>>> Attach(
        ILogTransaction transaction, Guid roomId, Guid messageId, Guid senderId, IReadOnlyList<Guid> fileIds, CancellationToken ct)
    {
        var db = transaction.Use<FilesDb>();
        var at = transaction.At;
        var found = await db.Files.Where(f => fileIds.Contains(f.Id) && f.OwnerId == senderId && f.MessageId == null && (f.ExpiresAt == null || f.ExpiresAt > at)).ToDictionaryAsync(f => f.Id, ct);
        if (found.Count < fileIds.Count)
        {
            return Error.Validation("attachments", "There is no such file of yours, or it is in a room already.");
        }

        var files = fileIds.Select((id, position) => Place(found[id], position)).ToList();
        await db.SaveChangesAsync(ct);
        return files.ConvertAll(f => f.ToView());

        FileRow Place(FileRow file, int position)
        {
            (file.RoomId, file.MessageId, file.Position) = (roomId, messageId, position);
            return file;
        }
    }

    public async Task<ILookup<Guid, FileView>> Of(IReadOnlyCollection<Guid> messageIds, ILogTransaction? transaction, CancellationToken ct)
    {
        if (transaction is not null)
        {
            return await Read(transaction.Use<FilesDb>(), messageIds, ct);
        }

        await using var scope = scopes.CreateAsyncScope();
        return await Read(scope.ServiceProvider.GetRequiredService<FilesDb>(), messageIds, ct);
    }

    public async Task Release(ILogTransaction transaction, IReadOnlyCollection<Guid> messageIds, CancellationToken ct)
    {
        var db = transaction.Use<FilesDb>();
        var files = await db.Files.Where(f => f.MessageId != null && messageIds.Contains(f.MessageId.Value)).ToListAsync(ct);
        if (files.Count == 0)
        {
            return;
        }

        foreach (var kept in files.Where(f => !f.CameWithMessage))
        {
            (kept.RoomId, kept.MessageId, kept.Position) = (null, null, 0);
        }

        await FileRemoval.Remove(db, [.. files.Where(f => f.CameWithMessage)], transaction.At, ct);
        await db.SaveChangesAsync(ct);
    }

    private static async Task<ILookup<Guid, FileView>> Read(FilesDb db, IReadOnlyCollection<Guid> messageIds, CancellationToken ct)
    {
        var files = await db.Files.AsNoTracking().Where(f => f.MessageId != null && messageIds.Contains(f.MessageId.Value)).OrderBy(f => f.Position).ToListAsync(ct);
        return files.ToLookup(f => f.MessageId!.Value, f => f.ToView());
    }
}
