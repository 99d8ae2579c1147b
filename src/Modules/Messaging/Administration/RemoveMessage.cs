using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Changing;
using ChatMonolith.Messaging.Data;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Administration;

/// <summary>Deletes a message that somebody told an admin of. The room sees who did it.</summary>
internal static class RemoveMessage
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/admin/messages/{id:id}", async (Guid id, Actor actor, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Command(id, actor), ct)).ToNoContent())
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Delete a message")
            .WithDescription("A tombstone stays, as after `DELETE /messages/{id}`. Deleting a deleted one changes nothing. Needs a step-up.").Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);

    public sealed record Command(Guid MessageId, Actor Actor) : IRequest<Result<Nothing>>;

    internal sealed class Handler(MessagingDb reading, IRoomAccess access, IRoomLog log, IMessageFiles files, IAuditLog audit) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (await reading.Messages.Where(m => m.Id == request.MessageId).Select(m => (Guid?)m.RoomId).SingleOrDefaultAsync(cancellationToken) is not { } roomId)
            {
                return Error.NotFound;
            }

            await access.Load(roomId, cancellationToken);
            return await log.Commit<Nothing>(
                async (tx, ct) =>
                {
                    var db = tx.Use<MessagingDb>();
                    if (await db.Messages.SingleOrDefaultAsync(m => m.Id == request.MessageId && m.RoomId == roomId, ct) is not { } row)
                    {
                        return Error.NotFound;
                    }

                    if (row.DeletedAt is null)
                    {
                        await audit.Append(db, AuditEvent.By(request.Actor, "message.deleted", "message", row.Id, ("room", roomId.ToString()), ("sender", row.SenderId.ToString())), ct);
                        await Tombstone.Make(tx, db, files, row, ct);
                        await tx.Append(roomId, new LogEntry(LogEntryType.MessageDeleted, request.Actor.UserId, row.Id, ThreadId: row.ThreadId), ct);
                    }

                    return Nothing.Value;
                },
                new CommitOrigin(request.Actor.SessionId),
                cancellationToken);
        }
    }
}
