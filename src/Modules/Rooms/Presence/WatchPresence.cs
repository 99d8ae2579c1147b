using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Storage;
using FluentValidation;
using MediatR;

namespace ChatMonolith.Rooms.Presence;

/// <summary>
/// <c>presence.watch</c>: whose status this socket hears of. Everybody may be named; only people with whom a room is shared are shown,
/// now and at each change.
/// </summary>
internal static class WatchPresence
{
    private const int MaxPeople = 200;

    public static void MapCommand(SocketCommands commands) =>
        commands.Map<Frame, Answer>("presence.watch", (frame, call) => call.Mediator.Send(new Command(call.Connection, frame.UserIds, call.Reply), call.Aborted));

    public sealed record Frame(IReadOnlyList<Guid>? UserIds);

    public sealed record Command(Connection Connection, IReadOnlyList<Guid>? UserIds, ICommandReply Reply) : IRequest<Result<Answer>>;

    public sealed record Answer(IReadOnlyList<PresenceView> Presences);

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.UserIds).Must(ids => ids is { Count: <= MaxPeople }).WithMessage($"Name at most {MaxPeople} people.");
    }

    internal sealed class Handler(RoomsDb db, IRoomAccess access, PresenceBoard board) : IRequestHandler<Command, Result<Answer>>
    {
        public async Task<Result<Answer>> Handle(Command request, CancellationToken cancellationToken)
        {
            Guid[] userIds = [.. request.UserIds!.Distinct()];

            // Watched first and shown afterwards: what changes between the two is told, and shown again.
            board.Watch(request.Connection, userIds);
            var stored = await db.StoredPresence(userIds, cancellationToken);
            var visible = await access.SharingARoom(request.Connection.Caller.UserId, userIds, cancellationToken);
            Answer? answer = null;
            board.Show(userIds.Where(visible.Contains), stored, presences => request.Reply.Committed(answer = new Answer(presences)));
            return answer!;
        }
    }
}
