using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Rooms;
using FluentValidation;
using MediatR;

namespace ChatMonolith.Messaging.Typing;

internal static class SetTyping
{
    public static void MapCommand(SocketCommands commands) =>
        commands.Map<Frame, Nothing>("typing", (frame, call) =>
            call.Mediator.Send(new Command(frame.RoomId.GetValueOrDefault(), frame.On, call.Caller), call.Aborted));

    internal sealed record Frame(Guid? RoomId, bool? On);

    internal sealed record Command(Guid RoomId, bool? On, Caller Caller) : IRequest<Result<Nothing>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.On).NotNull().WithMessage("on is true or false.");
    }

    internal sealed class Handler(IRoomAccess access, TypingPeople people) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command command, CancellationToken cancellationToken)
        {
            var member = await access.Member(command.RoomId, command.Caller.UserId, cancellationToken);
            if (!member.IsOk)
            {
                return member.Error;
            }

            people.Set(command.RoomId, command.Caller.UserId, command.On!.Value);
            return Nothing.Value;
        }
    }
}
