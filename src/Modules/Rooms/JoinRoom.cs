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

internal static class JoinRoom
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/rooms/{id:id}/join", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(caller, id), ct)).ToNoContent())
            .WithTags("Rooms")
            .WithSummary("Join a public room")
            .WithDescription("Joining a room that one is in changes nothing.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

    public sealed record Command(Caller Caller, Guid RoomId) : IRequest<Result<Nothing>>;

    internal sealed class Handler(IRoomAccess access, IRoomLog log, MembershipLog memberships, RoomLimits limits) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            var member = await access.Member(request.RoomId, request.Caller.UserId, cancellationToken);
            return member switch
            {
                { IsOk: true } => Nothing.Value,
                { Error.Code: ErrorCodes.Forbidden } => await Join(request, await log.LastSeq(request.RoomId, cancellationToken), cancellationToken),
                _ => member.Error,
            };
        }

        private Task<Result<Nothing>> Join(Command request, long lastSeq, CancellationToken cancellationToken) =>
            log.Commit<Nothing>(
                async (tx, ct) =>
                {
                    var me = request.Caller.UserId;
                    var db = tx.Use<RoomsDb>();
                    var room = await db.LockRoom(request.RoomId, ct);
                    if (room is not null && await db.Members.AnyAsync(m => m.RoomId == room.Id && m.UserId == me, ct))
                    {
                        return Nothing.Value;
                    }

                    if (room is not { Type: RoomType.Public })
                    {
                        return Error.NotFound;
                    }

                    if (await limits.Refusal(db, [me], ct) is { } full)
                    {
                        return full;
                    }

                    var role = await GeneralRoom.RoleFor(db, room, request.Caller.IsAdmin, ct);
                    await memberships.Add(tx, db, room, [new Newcomer(me, role)], me, lastSeq, ct);
                    return Nothing.Value;
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
    }
}
