using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Changing;

internal static class AddReaction
{
    /// <summary>So that nobody fills the disk, or everybody's screen, from one message (CVE-2024-1402).</summary>
    private const int MaxEmojis = 50;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPut("/messages/{id:id}/reactions/{emoji}", async (Guid id, string emoji, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(id, emoji, caller), ct)).ToNoContent())
            .WithTags("Messages").WithSummary("React to a message")
            .WithDescription($"A reaction that stands is left as it is. A message takes {MaxEmojis} different ones.")
            .Produces(204).ProducesProblem(400).ProducesProblem(404).ProducesProblem(409);

    public static void MapCommand(SocketCommands commands) =>
        commands.Map<Frame, SeqReply>("reaction.add", (frame, call) =>
            call.Mediator.Send(new Command(frame.MessageId.GetValueOrDefault(), frame.Emoji!, call.Caller, call.Reply), call.Aborted));

    internal sealed record Frame(Guid? MessageId, string? Emoji);

    internal sealed record Command(Guid MessageId, string Emoji, Caller Caller, ICommandReply? Reply = null) : IRequest<Result<SeqReply>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Emoji).Must(Changing.Emoji.IsValid).WithMessage($"Give one emoji of at most {Changing.Emoji.MaxBytes} bytes, or a name such as :wave:.");
    }

    internal sealed class Handler(MessageChange changes) : IRequestHandler<Command, Result<SeqReply>>
    {
        public Task<Result<SeqReply>> Handle(Command command, CancellationToken cancellationToken) =>
            changes.Run(command.MessageId, command.Caller, command.Reply, (message, ct) => Add(message, command, ct), cancellationToken);

        private static async Task<Result<LogEntry>> Add(ChangedMessage message, Command command, CancellationToken ct)
        {
            var (log, db, row, _) = message;
            var by = command.Caller.UserId;
            if (row.DeletedAt is not null)
            {
                return Error.Conflict("This message is deleted.", ConflictReasons.MessageDeleted);
            }

            var reactions = db.Reactions.Where(r => r.MessageId == row.Id);
            if (await reactions.AnyAsync(r => r.Emoji == command.Emoji && r.UserId == by, ct))
            {
                return MessageChange.Unchanged;
            }

            if (!await reactions.AnyAsync(r => r.Emoji == command.Emoji, ct) && await reactions.Select(r => r.Emoji).Distinct().CountAsync(ct) >= MaxEmojis)
            {
                return Error.Conflict($"A message takes at most {MaxEmojis} different reactions. Choose one that is there.", ConflictReasons.TooManyReactions);
            }

            db.Reactions.Add(new ReactionRow { MessageId = row.Id, Emoji = command.Emoji, UserId = by, At = log.At });
            await db.SaveChangesAsync(ct);
            return new LogEntry(LogEntryType.ReactionAdded, by, row.Id, Emoji: command.Emoji);
        }
    }
}
