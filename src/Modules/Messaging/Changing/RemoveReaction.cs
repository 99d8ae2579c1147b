using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Messaging;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Changing;

internal static class RemoveReaction
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/messages/{id:id}/reactions/{emoji}", async (Guid id, string emoji, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(id, emoji, caller), ct)).ToNoContent())
            .WithTags("Messages").WithSummary("Take back one's own reaction").WithDescription("Where there is none, nothing changes.")
            .Produces(204).ProducesProblem(400).ProducesProblem(404);

    public static void MapCommand(SocketCommands commands) =>
        commands.Map<Frame, SeqReply>("reaction.remove", (frame, call) =>
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
            changes.Run(command.MessageId, command.Caller, command.Reply, (message, ct) => Remove(message, command, ct), cancellationToken);

        private static async Task<Result<LogEntry>> Remove(ChangedMessage message, Command command, CancellationToken ct)
        {
            var by = command.Caller.UserId;
            var removed = await message.Db.Reactions
                .Where(r => r.MessageId == message.Row.Id && r.Emoji == command.Emoji && r.UserId == by)
                .ExecuteDeleteAsync(ct);
            return removed == 0 ? MessageChange.Unchanged : new LogEntry(LogEntryType.ReactionRemoved, by, message.Row.Id, Emoji: command.Emoji);
        }
    }
}
