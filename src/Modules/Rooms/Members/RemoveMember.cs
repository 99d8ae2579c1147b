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

namespace ChatMonolith.Rooms.Members;

internal static class RemoveMember
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/rooms/{id:id}/members/{userId:id}", async (Guid id, Guid userId, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send<Result<Nothing>>(userId == caller.UserId ? new LeaveRoom.Command(caller, id) : new Command(caller, id, userId), ct)).ToNoContent())
            .WithTags("Rooms")
            .WithSummary("Remove a person from a room")
            .WithDescription("Owners remove anybody, moderators plain members. When the answer comes, nothing of the room reaches the person any more. To remove oneself is to leave.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

    public sealed record Command(Caller Caller, Guid RoomId, Guid UserId) : IRequest<Result<Nothing>>;

    internal sealed class Handler(IRoomAccess access, IRoomLog log, MembershipLog memberships) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            var may = await access.May(request.RoomId, request.Caller.UserId, RoomAction.RemoveMember, cancellationToken);
            return may.IsOk ? await Remove(request, cancellationToken) : may.Error;
        }

        private Task<Result<Nothing>> Remove(Command request, CancellationToken cancellationToken) =>
            log.Commit<Nothing>(
                async (tx, ct) =>
                {
                    var db = tx.Use<RoomsDb>();
                    var standing = await db.Standing(request.RoomId, request.Caller.UserId, RoomAction.RemoveMember, ct);
                    if (!standing.IsOk)
                    {
                        return standing.Error;
                    }

                    var (room, me) = standing.Value;
                    var member = await db.Members.SingleOrDefaultAsync(m => m.RoomId == room.Id && m.UserId == request.UserId, ct);
                    if (member is null)
                    {
                        return Error.NotFound;
                    }

                    if (member.Role is not RoomRole.Member && RoomRules.Refusal(RoomAction.RemoveStaff, room.Type, me.Role) is { } refusal)
                    {
                        return refusal;
                    }

                    await memberships.Remove(tx, db, room, member, me.UserId, ct);
                    return Nothing.Value;
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
    }
}
