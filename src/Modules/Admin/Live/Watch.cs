using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Auth;
using MediatR;

namespace ChatMonolith.Admin.Live;

/// <summary><c>admin.watch</c>: whether this socket hears of jobs and figures.</summary>
internal static class Watch
{
    public static void MapCommand(SocketCommands commands) =>
        commands.Map<Frame, Answer>("admin.watch", (frame, call) => call.Mediator.Send(new Command(call.Connection, frame.On), call.Aborted));

    public sealed record Frame(bool? On);

    public sealed record Answer;

    public sealed record Command(Connection Connection, bool? On) : IRequest<Result<Answer>>;

    internal sealed class Handler(AdminWatchers watchers, ISessionState sessions) : IRequestHandler<Command, Result<Answer>>
    {
        public Task<Result<Answer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (!sessions.IsAdmin(request.Connection.Caller.SessionId))
            {
                return Task.FromResult<Result<Answer>>(Error.Forbidden("You may not do this."));
            }

            if (request.On is not { } on)
            {
                return Task.FromResult<Result<Answer>>(Error.Validation("on", "Say `on`: true or false."));
            }

            watchers.Set(request.Connection, on);
            return Task.FromResult<Result<Answer>>(new Answer());
        }
    }
}
