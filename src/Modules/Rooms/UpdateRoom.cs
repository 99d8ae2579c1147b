using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Access;
using ChatMonolith.Rooms.Storage;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Rooms;

internal static class UpdateRoom
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch("/rooms/{id:id}", async (Guid id, Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(caller, id, body.Name, body.Topic, body.SlowModeSeconds, body.RetentionDays), ct)).ToOk())
            .WithTags("Rooms")
            .WithSummary("Change a room's name, topic, slow mode or retention")
            .WithDescription("Members left out or null stay as they are. Retention (days; 0 keeps for ever) is the owners' alone; the rest also the moderators'.")
            .Produces<MyRoomView>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound);

    public sealed record Body(string? Name, string? Topic, int? SlowModeSeconds, int? RetentionDays);

    public sealed record Command(Caller Caller, Guid RoomId, string? Name, string? Topic, int? SlowModeSeconds, int? RetentionDays) : IRequest<Result<MyRoomView>>
    {
        public RoomAction Action => RetentionDays is null ? RoomAction.Edit : RoomAction.SetRetention;
    }

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Name).RoomName().When(c => c.Name is not null);
            RuleFor(c => c.Topic).Topic();
            RuleFor(c => c.SlowModeSeconds).InclusiveBetween(0, RoomText.MaxSlowModeSeconds).WithMessage($"Slow mode is 0 to {RoomText.MaxSlowModeSeconds} seconds.");
            RuleFor(c => c.RetentionDays).InclusiveBetween(0, RoomText.MaxRetentionDays).WithMessage($"Retention is 0 (for ever) to {RoomText.MaxRetentionDays} days.");
        }
    }

    internal sealed class Handler(IRoomAccess access, IRoomLog log, MembershipCache cache, MyRooms mine) : IRequestHandler<Command, Result<MyRoomView>>
    {
        public async Task<Result<MyRoomView>> Handle(Command request, CancellationToken cancellationToken)
        {
            var me = request.Caller.UserId;
            var may = await access.May(request.RoomId, me, request.Action, cancellationToken);
            if (!may.IsOk)
            {
                return may.Error;
            }

            var done = await log.Commit<Nothing>(
                async (tx, ct) =>
                {
                    var db = tx.Use<RoomsDb>();
                    var standing = await db.Standing(request.RoomId, me, request.Action, ct);
                    if (!standing.IsOk)
                    {
                        return standing.Error;
                    }

                    var room = standing.Value.Room;
                    if (room.IsGeneral && request.Name is not null && request.Name.Trim() != room.Name)
                    {
                        return Error.Forbidden("This room is in every installation under this name.");
                    }

                    Apply(request, room);
                    if (!db.ChangeTracker.HasChanges())
                    {
                        return Nothing.Value;
                    }

                    await db.SaveChangesAsync(ct);

                    // The entry's own number is the room's last; it stands beside it in the frame.
                    await tx.Append(room.Id, new LogEntry(LogEntryType.RoomUpdated, me, Room: room.ToView(lastSeq: 0)), ct);
                    var seconds = room.SlowModeSeconds;
                    tx.OnCommitted(() => cache.Apply(room.Id, r => r.SetSlowMode(seconds)));
                    return Nothing.Value;
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
            return done.IsOk ? await mine.One(request.RoomId, me, cancellationToken) : done.Error;
        }

        private static void Apply(Command request, Room room)
        {
            if (request.Name is not null)
            {
                room.Rename(request.Name.Trim());
            }

            room.Topic = request.Topic?.Trim() ?? room.Topic;
            room.SlowModeSeconds = request.SlowModeSeconds ?? room.SlowModeSeconds;
            room.RetentionDays = request.RetentionDays ?? room.RetentionDays;
        }
    }
}
