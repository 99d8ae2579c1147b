using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Messaging.Changing;

/// <summary>Pins and unpins: one rule of who may, one row, two entries.</summary>
internal static class PinMessage
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPut("/messages/{id:id}/pin", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(id, Pinned: true, caller), ct)).ToNoContent())
            .WithTags("Messages").WithSummary("Pin a message").WithDescription("For moderators and owners; in a direct room for both.")
            .Produces(204).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);
        api.MapDelete("/messages/{id:id}/pin", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(id, Pinned: false, caller), ct)).ToNoContent())
            .WithTags("Messages").WithSummary("Unpin a message").WithDescription("For moderators and owners; in a direct room for both.")
            .Produces(204).ProducesProblem(403).ProducesProblem(404);
    }

    internal sealed record Command(Guid MessageId, bool Pinned, Caller Caller) : IRequest<Result<SeqReply>>;

    internal sealed class Handler(MessageChange changes) : IRequestHandler<Command, Result<SeqReply>>
    {
        public Task<Result<SeqReply>> Handle(Command command, CancellationToken cancellationToken) =>
            changes.Run(command.MessageId, command.Caller, reply: null, (message, ct) => Pin(message, command, ct), cancellationToken);

        private static async Task<Result<LogEntry>> Pin(ChangedMessage message, Command command, CancellationToken ct)
        {
            var (log, db, row, membership) = message;
            if (!membership.IsModerator && membership.RoomType is not RoomType.Direct)
            {
                return Error.Forbidden("Only moderators and owners pin messages here.");
            }

            if (command.Pinned && row.DeletedAt is not null)
            {
                return Error.Conflict("This message is deleted.", ConflictReasons.MessageDeleted);
            }

            if (command.Pinned == row.PinnedAt is not null)
            {
                return MessageChange.Unchanged;
            }

            row.PinnedAt = command.Pinned ? log.At : null;
            row.PinnedBy = command.Pinned ? command.Caller.UserId : null;
            await db.SaveChangesAsync(ct);
            return new LogEntry(command.Pinned ? LogEntryType.MessagePinned : LogEntryType.MessageUnpinned, command.Caller.UserId, row.Id);
        }
    }
}
