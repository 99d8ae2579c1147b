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

namespace ChatMonolith.Rooms;

internal static class LeaveRoom
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/rooms/{id:id}/leave", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(caller, id), ct)).ToNoContent())
            .WithTags("Rooms")
            .WithSummary("Leave a room")
            .WithDescription("The last owner of a room with others in it hands over first (conflict). Whoever leaves a room last takes it with them: it is deleted, except general.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

    public sealed record Command(Caller Caller, Guid RoomId) : IRequest<Result<Nothing>>;

    internal sealed class Handler(IRoomAccess access, IRoomLog log, MembershipLog memberships) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            var may = await access.May(request.RoomId, request.Caller.UserId, RoomAction.Leave, cancellationToken);
            return may.IsOk ? await Leave(request, cancellationToken) : may.Error;
        }

        private Task<Result<Nothing>> Leave(Command request, CancellationToken cancellationToken) =>
            log.Commit<Nothing>(
                async (tx, ct) =>
                {
                    var db = tx.Use<RoomsDb>();
                    var standing = await db.Standing(request.RoomId, request.Caller.UserId, RoomAction.Leave, ct);
                    if (!standing.IsOk)
                    {
                        return standing.Error;
                    }

                    var (room, me) = standing.Value;
                    if (room is { MemberCount: 1, IsGeneral: false })
                    {
                        await memberships.Delete(tx, db, room, ct);
                        return Nothing.Value;
                    }

                    if (room.MemberCount > 1 && await db.IsLastOwner(me, ct))
                    {
                        return Error.Conflict("You are the last owner of this room. Make somebody else an owner first, then leave.", ConflictReasons.LastOwner);
                    }

                    await memberships.Remove(tx, db, room, me, me.UserId, ct);
                    return Nothing.Value;
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
    }
}

internal static class Owners
{
    /// <summary>For a log transaction that holds the room.</summary>
    public static async Task<bool> IsLastOwner(this RoomsDb db, RoomMember member, CancellationToken ct) =>
        member.Role is RoomRole.Owner && !await db.Members.AnyAsync(m => m.RoomId == member.RoomId && m.Role == RoomRole.Owner && m.UserId != member.UserId, ct);
}
