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
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Rooms.Invites;

internal static class RevokeInvite
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/rooms/{id:id}/invites/{inviteId:id}", async (Guid id, Guid inviteId, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(caller, id, inviteId), ct)).ToNoContent())
            .WithTags("Rooms")
            .WithSummary("Revoke an invitation")
            .WithDescription("Its maker may, and the room's owners and moderators. To others it is not there.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound);

    public sealed record Command(Caller Caller, Guid RoomId, Guid InviteId) : IRequest<Result<Nothing>>;

    internal sealed class Handler(IRoomAccess access, IRoomLog log) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            var may = await access.May(request.RoomId, request.Caller.UserId, RoomAction.Invite, cancellationToken);
            return may.IsOk ? await Revoke(request, cancellationToken) : may.Error;
        }

        private Task<Result<Nothing>> Revoke(Command request, CancellationToken cancellationToken) =>
            log.Commit<Nothing>(
                async (tx, ct) =>
                {
                    var db = tx.Use<RoomsDb>();
                    var standing = await db.Standing(request.RoomId, request.Caller.UserId, RoomAction.Invite, ct);
                    if (!standing.IsOk)
                    {
                        return standing.Error;
                    }

                    var (room, me) = standing.Value;
                    var all = RoomRules.Refusal(RoomAction.OverseeInvites, room.Type, me.Role) is null;
                    var revoked = await db.Invites.Where(i => i.Id == request.InviteId && i.RoomId == room.Id && (all || i.CreatedBy == me.UserId)).ExecuteDeleteAsync(ct);
                    return revoked == 1 ? Nothing.Value : Error.NotFound;
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
    }
}
