using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Access;
using ChatMonolith.Rooms.Storage;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Rooms;

internal static class DeleteRoom
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/rooms/{id:id}", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(caller, id), ct)).ToNoContent())
            .WithTags("Rooms")
            .WithSummary("Delete a room and all that is in it")
            .WithDescription("An owner's act. The room is gone for everybody when the answer comes; general and direct rooms cannot be deleted.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound);

    public sealed record Command(Caller Caller, Guid RoomId) : IRequest<Result<Nothing>>;

    internal sealed class Handler(IRoomAccess access, IRoomLog log, MembershipLog memberships) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            var me = request.Caller.UserId;
            var may = await access.May(request.RoomId, me, RoomAction.Delete, cancellationToken);
            return may.IsOk ? await Delete(request, cancellationToken) : may.Error;
        }

        private Task<Result<Nothing>> Delete(Command request, CancellationToken cancellationToken) =>
            log.Commit<Nothing>(
                async (tx, ct) =>
                {
                    var db = tx.Use<RoomsDb>();
                    var standing = await db.Standing(request.RoomId, request.Caller.UserId, RoomAction.Delete, ct);
                    if (!standing.IsOk)
                    {
                        return standing.Error;
                    }

                    if (standing.Value.Room.IsGeneral)
                    {
                        return Error.Forbidden("This room is in every installation and cannot be deleted.");
                    }

                    await memberships.Delete(tx, db, standing.Value.Room, ct);
                    return Nothing.Value;
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
    }
}
