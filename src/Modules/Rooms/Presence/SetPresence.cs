using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Rooms.Storage;
using FluentValidation;
using MediatR;

namespace ChatMonolith.Rooms.Presence;

/// <summary><c>presence.set</c>: what a person shows, on all devices; the last one set counts, also after they come back.</summary>
internal static class SetPresence
{
    public static void MapCommand(SocketCommands commands) =>
        commands.Map<Frame, Nothing>("presence.set", (frame, call) => call.Mediator.Send(new Command(call.Caller, frame.Status, call.Reply), call.Aborted));

    public sealed record Frame(ChosenStatus? Status);

    public sealed record Command(Caller Caller, ChosenStatus? Status, ICommandReply Reply) : IRequest<Result<Nothing>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Status).NotNull().WithMessage("The status is online, away, busy or invisible.");
    }

    internal sealed class Handler(PresenceBoard board) : IRequestHandler<Command, Result<Nothing>>
    {
        public Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            board.Choose(request.Caller.UserId, request.Status!.Value);

            // The reply comes before what the command causes, also for somebody who watches themselves.
            request.Reply.Committed(Nothing.Value);
            board.Touch(request.Caller.UserId);
            return Task.FromResult<Result<Nothing>>(Nothing.Value);
        }
    }
}
