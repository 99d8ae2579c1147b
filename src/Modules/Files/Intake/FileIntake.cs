using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Files.Data;
using ChatMonolith.Files.Listing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files.Intake;

/// <param name="File">Null for a repeat whose first file is gone.</param>
/// <param name="Message">That shows it; null for a private file.</param>
/// <param name="Duplicate">A repeat: what was sent now is not kept.</param>
internal sealed record Accepted(FileView? File, MessageView? Message, bool Duplicate);

/// <summary>
/// From durable bytes to a file: its row, the message that shows it, the quota and the end of its upload are one transaction.
/// </summary>
internal sealed class FileIntake(IRoomLog log, IFileMessages messages, ISessionState sessions, Quota quota)
{
    public async Task<Result<Accepted>> Accept(Caller caller, Destination destination, NewFile file, Guid? uploadId, CancellationToken ct)
    {
        if (destination.RoomId is not { } roomId)
        {
            var stored = await log.CommitBeside<FileView>(async (tx, token) =>
            {
                if (sessions.HasEnded(caller.SessionId))
                {
                    return Error.Unauthenticated("The session has ended. Log in again.");
                }

                return await Insert(tx, caller.UserId, file, uploadId, row => row, token);
            });
            return stored.Map(view => new Accepted(view, null, Duplicate: false));
        }

        var sent = await messages.Send(
            new FileMessage(roomId, caller.UserId, caller.SessionId, destination.ClientId!, file.Identity),
            async (tx, messageId, token) =>
            {
                var inserted = await Insert(tx, caller.UserId, file, uploadId, row => Show(row, destination, messageId), token);
                return inserted.Map<IReadOnlyList<FileView>>(view => [view]);
            },
            ct);
        if (sent.IsOk && sent.Value.Duplicate)
        {
            await Discard(file, uploadId, sent.Value.Message);
        }

        return sent.Map(s => new Accepted(s.Message.Attachments is [var shown, ..] ? shown : null, s.Message, s.Duplicate));
    }

    private static FileRow Show(FileRow row, Destination destination, Guid messageId)
    {
        row.RoomId = destination.RoomId;
        row.RecipientId = destination.RecipientId;
        row.MessageId = messageId;
        row.CameWithMessage = true;
        return row;
    }

    /// <summary>Checks first, then one save: what it refuses has changed nothing.</summary>
    private async Task<Result<FileView>> Insert(ILogTransaction tx, Guid ownerId, NewFile file, Guid? uploadId, Func<FileRow, FileRow> place, CancellationToken ct)
    {
        var db = tx.Use<FilesDb>();
        if (await quota.Refusal(db, ownerId, file.Size, uploadId, ct) is { } full)
        {
            return full;
        }

        var row = place(new FileRow
        {
            Id = file.Id,
            OwnerId = ownerId,
            BlobId = file.BlobId,
            Name = file.Name,
            NameKey = FileRow.Key(file.Name),
            Size = file.Size,
            ContentType = file.ContentType,
            Sha256 = file.Sha256,
            Width = file.Width,
            Height = file.Height,
            Encrypted = file.Encrypted,
            ThumbnailId = file.ThumbnailId,
            ThumbnailType = file.ThumbnailType,
            CreatedAt = tx.At,
            VersionAt = tx.At,
        });
        if (uploadId is not null)
        {
            if (await db.Uploads.SingleOrDefaultAsync(u => u.Id == uploadId && u.FileId == null, ct) is not { } upload)
            {
                return Error.NotFound;
            }

            (upload.FileId, upload.MessageId, upload.Offset, upload.State) = (row.Id, row.MessageId, upload.Length, "");
        }

        db.Files.Add(row);
        await db.SaveChangesAsync(ct);
        return row.ToView();
    }

    /// <summary>A repeat: the first one stands, and these bytes are owed to be removed.</summary>
    private async Task Discard(NewFile file, Guid? uploadId, MessageView first) =>
        await log.CommitBeside<Nothing>(async (tx, ct) =>
        {
            var db = tx.Use<FilesDb>();
            await FileRemoval.Owe(db, [file.BlobId, .. file.ThumbnailId is { } thumbnail ? [thumbnail] : Array.Empty<Guid>()], tx.At, ct);
            if (await db.Uploads.SingleOrDefaultAsync(u => u.Id == uploadId, ct) is { } upload)
            {
                (upload.FileId, upload.MessageId, upload.Offset, upload.State) = (first.Attachments is [var shown, ..] ? shown.Id : upload.Id, first.Id, upload.Length, "");
            }

            await db.SaveChangesAsync(ct);
            return Nothing.Value;
        });
}
