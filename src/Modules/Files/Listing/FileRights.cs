using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Files.Data;
using ChatMonolith.Files.Serving;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files.Listing;

/// <summary>
/// The one rule of who may see a file: its owner, its recipient, and who is in its room now. What is not there and what is not theirs is
/// the same <c>not_found</c>; the server's own log tells them apart.
/// </summary>
internal sealed class FileRights(FilesDb db, IRoomAccess access, DownloadLog downloads, TimeProvider time)
{
    public async Task<Result<FileRow>> Find(Guid fileId, Guid userId, CancellationToken ct)
    {
        var file = await db.Files.AsNoTracking().SingleOrDefaultAsync(f => f.Id == fileId, ct);
        if (file is null)
        {
            downloads.Refused(fileId, userId, "there is no such file");
            return Error.NotFound;
        }

        if (!await May(file, userId, ct))
        {
            downloads.Refused(fileId, userId, "it is not theirs");
            return Error.NotFound;
        }

        return file.ExpiresAt <= time.Now() ? new Error(ErrorCodes.Gone, "The time of this file is over.") : file;
    }

    private async ValueTask<bool> May(FileRow file, Guid userId, CancellationToken ct) =>
        file.OwnerId == userId || file.RecipientId == userId || (file.RoomId is { } roomId && (await access.Member(roomId, userId, ct)).IsOk);
}
