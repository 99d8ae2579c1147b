using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Messaging.Changing;

internal static class DeleteMessage
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/messages/{id:id}", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(id, caller), ct)).ToNoContent())
            .WithTags("Messages").WithSummary("Delete a message of one's own, or any as a moderator")
            .WithDescription("A tombstone stays in its place. The text, its revisions and reactions are removed at once; files that came with it go too, files that were attached are their owner's alone again. Deleting a deleted one changes nothing.")
            .Produces(204).ProducesProblem(403).ProducesProblem(404);

    public static void MapCommand(SocketCommands commands) =>
        commands.Map<Frame, SeqReply>("message.delete", (frame, call) =>
            call.Mediator.Send(new Command(frame.MessageId.GetValueOrDefault(), call.Caller, call.Reply), call.Aborted));

    internal sealed record Frame(Guid? MessageId);

    internal sealed record Command(Guid MessageId, Caller Caller, ICommandReply? Reply = null) : IRequest<Result<SeqReply>>;

    internal sealed class Handler(MessageChange changes, IMessageFiles files) : IRequestHandler<Command, Result<SeqReply>>
    {
        public Task<Result<SeqReply>> Handle(Command command, CancellationToken cancellationToken) =>
            changes.Run(command.MessageId, command.Caller, command.Reply, (message, ct) => Delete(message, command.Caller.UserId, ct), cancellationToken);

        private async Task<Result<LogEntry>> Delete(ChangedMessage message, Guid by, CancellationToken ct)
        {
            var (log, db, row, membership) = message;
            if (row.SenderId != by && !membership.IsModerator)
            {
                return Error.Forbidden("Only who wrote a message, or a moderator, can delete it.");
            }

            if (row.DeletedAt is not null)
            {
                return MessageChange.Unchanged;
            }

            await Tombstone.Make(log, db, files, row, ct);
            return new LogEntry(LogEntryType.MessageDeleted, by, row.Id, ThreadId: row.ThreadId);
        }
    }
}
