using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Mentions;
using ChatMonolith.Messaging.Notifying;
using ChatMonolith.Messaging.Reading;
using ChatMonolith.Messaging.Rendering;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Changing;

internal static class EditMessage
{
    private const int MaxRevisions = 100;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch("/messages/{id:id}", async (Guid id, Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
            {
                var edited = await mediator.Send(new Command(id, body.Text!, caller), ct);
                return edited.IsOk ? (await mediator.Send(new GetMessage.Query(id, caller), ct)).ToOk() : edited.Error.ToProblem();
            })
            .WithTags("Messages").WithSummary("Edit a message of one's own")
            .WithDescription("The earlier text is kept as a revision. The same text again changes nothing. Who is named in the new text and was told nothing of the message before is notified.")
            .Produces<MessageView>().ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);

    public static void MapCommand(SocketCommands commands) =>
        commands.Map<Frame, SeqReply>("message.edit", (frame, call) =>
            call.Mediator.Send(new Command(frame.MessageId.GetValueOrDefault(), frame.Text!, call.Caller, call.Reply), call.Aborted));

    internal sealed record Body(string? Text);

    internal sealed record Frame(Guid? MessageId, string? Text);

    internal sealed record Command(Guid MessageId, string Text, Caller Caller, ICommandReply? Reply = null) : IRequest<Result<SeqReply>>;

    private const string Empty = "A message without a file needs a text. Delete it instead.";

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() =>
            RuleFor(c => c.Text).Cascade(CascadeMode.Stop)
                .NotNull().WithMessage(Empty)
                .Must(t => t.Length <= PostMessage.MaxText).WithMessage($"A message has at most {PostMessage.MaxText} characters.")
                .Must(t => !t.Contains('\0', StringComparison.Ordinal)).WithMessage("A text holds no NUL characters.");
    }

    internal sealed class Handler(MessageChange changes, MessageNotices notices, IMessageFiles files) : IRequestHandler<Command, Result<SeqReply>>
    {
        public Task<Result<SeqReply>> Handle(Command command, CancellationToken cancellationToken)
        {
            var html = Markdown.Render(command.Text);
            var names = MentionText.Of(command.Text);
            return changes.Run(command.MessageId, command.Caller, command.Reply, (message, ct) => Edit(message, command, html, names, ct), cancellationToken);
        }

        private async Task<Result<LogEntry>> Edit(ChangedMessage message, Command command, string? html, MentionText? names, CancellationToken ct)
        {
            var (log, db, row, membership) = message;
            if (row.SenderId != command.Caller.UserId || row.Type is MessageType.System)
            {
                return Error.Forbidden("Only who wrote a message can edit it.");
            }

            if (row.DeletedAt is not null)
            {
                return Error.Conflict("This message is deleted. Send a new one.", ConflictReasons.MessageDeleted);
            }

            if (row.Type is not MessageType.File && string.IsNullOrWhiteSpace(command.Text))
            {
                return Error.Validation("text", Empty);
            }

            if (row.Text == command.Text)
            {
                return MessageChange.Unchanged;
            }

            await KeepRevision(db, row, ct);
            var calledBefore = row.Text?.Contains('@', StringComparison.Ordinal) == true;
            row.Text = command.Text;
            row.Html = html;
            row.EditedAt = log.At;
            await db.SaveChangesAsync(ct);
            var view = (await MessageViews.Of(db, files, [row], ct, log))[0];
            if (names is not null || calledBefore)
            {
                var mentioned = await notices.Resolve(log, row.RoomId, row.SenderId, membership, names, ct);
                view = view with { Mentions = [.. mentioned.People.Order()], MentionsAll = mentioned.All };
                await notices.Retell(log, view, mentioned, ct);
            }

            return new LogEntry(LogEntryType.MessageEdited, command.Caller.UserId, row.Id, Message: view);
        }

        /// <summary>The first text stays for good; of the others the oldest make room.</summary>
        private static async Task KeepRevision(MessagingDb db, MessageRow row, CancellationToken ct)
        {
            var numbers = await db.Revisions.Where(r => r.MessageId == row.Id).OrderBy(r => r.Number).Select(r => r.Number).ToListAsync(ct);
            if (numbers.Count >= MaxRevisions)
            {
                var oldest = numbers[numbers.Count - MaxRevisions + 1];
                await db.Revisions.Where(r => r.MessageId == row.Id && r.Number > numbers[0] && r.Number <= oldest).ExecuteDeleteAsync(ct);
            }

            db.Revisions.Add(new RevisionRow
            {
                MessageId = row.Id,
                Number = numbers.LastOrDefault() + 1,
                Text = row.Text ?? "",
                At = row.EditedAt ?? row.CreatedAt,
            });
        }
    }
}
