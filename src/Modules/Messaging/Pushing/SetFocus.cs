using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Realtime;
using FluentValidation;
using MediatR;

namespace ChatMonolith.Messaging.Pushing;

/// <summary><c>focus</c>: whether somebody is looking at the window of this socket. Whoever does is not pushed to.</summary>
internal static class SetFocus
{
    public static void MapCommand(SocketCommands commands) =>
        commands.Map<Frame, Nothing>("focus", (frame, call) => call.Mediator.Send(new Command(call.Connection, frame.On), call.Aborted));

    internal sealed record Frame(bool? On);

    internal sealed record Command(Connection Connection, bool? On) : IRequest<Result<Nothing>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.On).NotNull().WithMessage("on is true or false.");
    }

    internal sealed class Handler(FocusedPeople people) : IRequestHandler<Command, Result<Nothing>>
    {
        public Task<Result<Nothing>> Handle(Command command, CancellationToken cancellationToken)
        {
            people.Set(command.Connection, command.On!.Value);
            return Task.FromResult<Result<Nothing>>(Nothing.Value);
        }
    }
}
