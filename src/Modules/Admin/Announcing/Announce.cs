using ChatMonolith.Admin.Data;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Messaging;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Admin.Announcing;

/// <summary>Tells everybody something: as a message of the kind <c>system</c> in general, which stays; as a banner on every open socket, which does not; or both.</summary>
internal static class Announce
{
    public const int MaxText = 2_000;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/admin/announcements", async (Body body, Actor actor, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(body.Text, body.Message ?? true, body.Banner ?? false, body.Level, actor), ct)).ToHttp(made => Results.Created((string?)null, made)))
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Tell everybody something")
            .WithDescription("`message` (default): a `system` message in `general`. `banner`: the ephemeral event `system` on every open socket, with `level` `info` or `warning`. Needs a step-up.")
            .Produces<Made>(201).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);

    public sealed record Body(string? Text, bool? Message, bool? Banner, string? Level);

    public sealed record Made(Guid? MessageId);

    public sealed record Command(string? Text, bool Message, bool Banner, string? Level, Actor Actor) : IRequest<Result<Made>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Text).Must(t => t?.Trim() is { Length: > 0 and <= MaxText } text && !text.Any(x => char.IsControl(x) && x is not ('\n' or '\r' or '\t'))).WithMessage($"Write 1 to {MaxText} characters.");
            RuleFor(c => c.Level).Must(l => l is null or "info" or "warning").WithMessage("`level` is `info` or `warning`.");
            RuleFor(c => c.Message).Must((c, message) => message || c.Banner).WithMessage("Announce it as a message, as a banner, or both.");
        }
    }

    internal sealed class Handler(AdminDb db, IAnnouncements announcements, Hub hub, IAuditLog audit) : IRequestHandler<Command, Result<Made>>
    {
        public async Task<Result<Made>> Handle(Command request, CancellationToken cancellationToken)
        {
            var text = request.Text!.Trim();
            Guid? messageId = null;
            if (request.Message)
            {
                var posted = await announcements.Post(request.Actor.UserId, request.Actor.SessionId, text, (tx, ct) => audit.Append(tx, Entry(request), ct), cancellationToken);
                if (!posted.IsOk)
                {
                    return posted.Error;
                }

                messageId = posted.Value;
            }
            else
            {
                await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
                await audit.Append(db, Entry(request), cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }

            if (request.Banner)
            {
                var frame = OutFrame.Text(new Event("system", text, request.Level ?? "info"));
                await hub.Do(floor =>
                {
                    foreach (var connection in floor.AllConnections)
                    {
                        connection.Send(frame, ephemeral: true);
                    }
                });
            }

            return new Made(messageId);
        }

        /// <summary>That something was announced, not what: a message's text stands in no log but its room's.</summary>
        private static AuditEvent Entry(Command request) =>
            AuditEvent.By(request.Actor, "announcement.made", "", subjectId: null, ("message", request.Message ? "true" : "false"), ("banner", request.Banner ? "true" : "false"));

        private sealed record Event(string Type, string Message, string Level);
    }
}
