using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Access;
using ChatMonolith.Rooms.Storage;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Rooms.Invites;

internal static class AcceptInvite
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/invites/accept", async (Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(caller, body.Code), ct)).ToOk())
            .WithTags("Rooms")
            .WithSummary("Join a room by an invitation")
            .WithDescription("Answers the room. Who is in it already takes no use. not_found for a code that is unknown or revoked, gone for one that has expired or is used up.")
            .Produces<MyRoomView>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status410Gone);

    public sealed record Body(string? Code);

    public sealed record Command(Caller Caller, string? Code) : IRequest<Result<MyRoomView>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Code).InviteCode();
    }

    internal sealed class Handler(RoomsDb rooms, IRoomLog log, MembershipLog memberships, RoomLimits limits, MyRooms mine, TimeProvider time)
        : IRequestHandler<Command, Result<MyRoomView>>
    {
        public async Task<Result<MyRoomView>> Handle(Command request, CancellationToken cancellationToken)
        {
            // Guesses end here, before the log's writer.
            var seen = await InviteCodes.Find(rooms, request.Code!, time.Now(), cancellationToken);
            if (!seen.IsOk)
            {
                return seen.Error;
            }

            var roomId = seen.Value.Room.Id;
            var accepted = await Accept(request, roomId, await log.LastSeq(roomId, cancellationToken), cancellationToken);
            return accepted.IsOk ? await mine.One(roomId, request.Caller.UserId, cancellationToken) : accepted.Error;
        }

        private Task<Result<Nothing>> Accept(Command request, Guid roomId, long lastSeq, CancellationToken cancellationToken) =>
            log.Commit<Nothing>(
                async (tx, ct) =>
                {
                    var me = request.Caller.UserId;
                    var db = tx.Use<RoomsDb>();

                    // The room is locked first: from here on nobody else takes a use.
                    await db.LockRoom(roomId, ct);
                    var found = await InviteCodes.Find(db, request.Code!, tx.At, ct);
                    if (!found.IsOk)
                    {
                        return found.Error;
                    }

                    var (invite, room) = found.Value;
                    if (await db.Members.AnyAsync(m => m.RoomId == room.Id && m.UserId == me, ct))
                    {
                        return Nothing.Value;
                    }

                    if (await limits.Refusal(db, [me], ct) is { } full)
                    {
                        return full;
                    }

                    invite.Use(tx.At);
                    await memberships.Add(tx, db, room, [new Newcomer(me, RoomRole.Member)], me, lastSeq, ct);
                    return Nothing.Value;
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
    }
}
