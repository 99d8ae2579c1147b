using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Mail;
using ChatMonolith.Mail.Data;
using ChatMonolith.Mail.Sending;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Mail;

/// <summary>What is owed and what is given up, the newest first. What a letter says stays with its reader.</summary>
internal static class ListMail
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/admin/mail", async (string? state, string? query, int? limit, string? cursor, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Query(state, query, limit ?? Page<MailView>.DefaultLimit, cursor), ct)).ToOk())
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("Mail that waits, and mail that was given up")
            .WithDescription("`state` is `waiting` or `dead`; both without it; `query` finds parts of addresses. `works` says whether a mail server is set, `trouble` why nothing leaves just now. Dead letters are kept for 30 days, without what they said.")
            .Produces<MailPage>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);

    /// <param name="Works">A mail server is set.</param>
    /// <param name="Trouble">Why nothing leaves; null when it does.</param>
    /// <param name="TroubleSince">Since when.</param>
    /// <param name="Items">The letters.</param>
    /// <param name="NextCursor">Null at the end.</param>
    public sealed record MailPage(bool Works, string? Trouble, Instant? TroubleSince, IReadOnlyList<MailView> Items, string? NextCursor);

    public sealed record MailView(Guid Id, LetterKind Kind, string To, string State, int Attempts, string? Problem, Instant CreatedAt, Instant? NextAt);

    public sealed record Query(string? State, string? Sought, int Limit, string? Cursor) : IRequest<Result<MailPage>>;

    internal sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.State).Must(s => s is null or "waiting" or "dead").WithMessage("`state` is `waiting` or `dead`.");
            RuleFor(q => q.Sought).MaximumLength(200).Must(q => q?.Contains('\0', StringComparison.Ordinal) != true).WithMessage("No address holds this character.").OverridePropertyName("query");
            RuleFor(q => q.Limit).InclusiveBetween(1, Page<MailView>.MaxLimit);
            RuleFor(q => q.Cursor).Must(c => Guid.TryParseExact(c, "N", out _)).When(q => q.Cursor is not null).WithMessage("This cursor was not given out by this list.");
        }
    }

    internal sealed class Handler(MailDb db, MailLine line, IOptions<MailOptions> options) : IRequestHandler<Query, Result<MailPage>>
    {
        public async Task<Result<MailPage>> Handle(Query request, CancellationToken cancellationToken)
        {
            var rows = db.Outbox.AsNoTracking();
            rows = request.State switch
            {
                "waiting" => rows.Where(r => r.DeadAt == null),
                "dead" => rows.Where(r => r.DeadAt != null),
                _ => rows,
            };
            if (!string.IsNullOrWhiteSpace(request.Sought))
            {
                var sought = request.Sought.Trim();
                rows = rows.Where(r => r.Address.Contains(sought));
            }

            if (request.Cursor is not null)
            {
                var after = Guid.ParseExact(request.Cursor, "N");
                rows = rows.Where(r => r.Id.CompareTo(after) < 0);
            }

            var found = await rows.OrderByDescending(r => r.Id).Take(request.Limit + 1).ToListAsync(cancellationToken);
            var items = found.Take(request.Limit)
                .Select(r => new MailView(r.Id, r.Kind, r.Address, r.DeadAt is null ? "waiting" : "dead", r.Attempts, r.Problem, r.CreatedAt, r.DeadAt is null ? r.NextAt : null)).ToList();
            var trouble = line.Now;
            return new MailPage(options.Value.Works, trouble?.Reason, Instant.From(trouble?.Since), items, found.Count > request.Limit ? items[^1].Id.ToString("N") : null);
        }
    }
}
