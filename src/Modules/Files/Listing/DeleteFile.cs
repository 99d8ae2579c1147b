using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Files.Data;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files.Listing;

internal static class DeleteFile
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/files/{id:id}", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Command(id, caller), ct)).ToNoContent())
            .WithTags("Files").WithSummary("Delete a file, or take a received one off one's list")
            .WithDescription("Its owner, or a moderator of its room, deletes it: it leaves its message (which is deleted if it showed nothing else), and its bytes go when no transfer needs them any more. A recipient takes it off their own list; it stays where it is.")
            .Produces(204).ProducesProblem(403).ProducesProblem(404);

    public sealed record Command(Guid Id, Caller Caller) : IRequest<Result<Nothing>>;

    internal sealed class Handler(FileRights rights, IRoomAccess access, IRoomLog log, IFileMessages messages) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            var me = request.Caller.UserId;
            var found = await rights.Find(request.Id, me, cancellationToken);
            if (!found.IsOk && found.Error.Code != ErrorCodes.Gone)
            {
                return found.Error;
            }

            return await log.Commit<Nothing>(
                async (tx, ct) =>
                {
                    var db = tx.Use<FilesDb>();
                    if (await db.Files.SingleOrDefaultAsync(f => f.Id == request.Id, ct) is not { } file)
                    {
                        return Error.NotFound;
                    }

                    // The log's writer waits for nothing but its own database; the room is in memory, since rights were just asked.
                    var member = file.RoomId is { } roomId ? access.MemberFromMemory(roomId, me) : Error.NotFound;
                    if (file.OwnerId == me || member is { IsOk: true, Value.IsModerator: true })
                    {
                        await FileRemoval.Remove(db, [file], tx.At, ct);
                        if (file.MessageId is { } messageId)
                        {
                            await messages.FilesChanged(tx, messageId, me, ct);
                        }

                        return Nothing.Value;
                    }

                    return file.RecipientId == me ? await Hide(db, me, file.Id, ct)
                        : member.IsOk ? Error.Forbidden("Only who sent a file, or a moderator of its room, can delete it.")
                        : Error.NotFound;
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
        }

        private static async Task<Result<Nothing>> Hide(FilesDb db, Guid userId, Guid fileId, CancellationToken ct)
        {
            if (!await db.Hidden.AnyAsync(h => h.UserId == userId && h.FileId == fileId, ct))
            {
                db.Hidden.Add(new HiddenRow { UserId = userId, FileId = fileId });
                await db.SaveChangesAsync(ct);
            }

            return Nothing.Value;
        }
    }
}
