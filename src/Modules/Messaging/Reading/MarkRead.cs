using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Messaging.Reading;

internal static class MarkRead
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPut("/rooms/{id:id}/read", async (Guid id, Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(id, body.Seq, caller), ct)).ToNoContent())
            .WithTags("Rooms").WithSummary("Move one's read position forward")
            .WithDescription("It never moves back, and is held at the room's last number.")
            .Produces(204).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);

    public static void MapCommand(SocketCommands commands) =>
        commands.Map<Frame, Nothing>("read", (frame, call) =>
            call.Mediator.Send(new Command(frame.RoomId.GetValueOrDefault(), frame.Seq, call.Caller), call.Aborted));

    internal sealed record Body(long? Seq);

    internal sealed record Frame(Guid? RoomId, long? Seq);

    internal sealed record Command(Guid RoomId, long? Seq, Caller Caller) : IRequest<Result<Nothing>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Seq).NotNull().GreaterThanOrEqualTo(0).WithMessage("seq is the number of the last entry that was read.");
    }

    internal sealed class Handler(IRoomAccess access, IRoomLog log, ReadPositions positions, TimeProvider time) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command command, CancellationToken cancellationToken)
        {
            var member = await access.Member(command.RoomId, command.Caller.UserId, cancellationToken);
            if (!member.IsOk)
            {
                return member.Error;
            }

            var last = await log.LastSeq(command.RoomId, cancellationToken);
            if (command.Seq > last)
            {
                // It may have been seen at another node, whose commits are followed here a moment later.
                await log.Barrier(cancellationToken);
                last = await log.LastSeq(command.RoomId, cancellationToken);
            }

            positions.Move(command.RoomId, command.Caller.UserId, Math.Min(command.Seq!.Value, last), time.Now());
            return Nothing.Value;
        }
    }
}
