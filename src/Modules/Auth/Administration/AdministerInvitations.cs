using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Listing;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Auth;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Administration;

/// <summary>Who was invited by mail.</summary>
internal static class AdministerInvitations
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/admin/invitations", ([AsParameters] Filters filters, [AsParameters] ListParameters list, HttpRequest request, IMediator mediator, CancellationToken ct) =>
                list.Answer(request, page => mediator.Send(new Query(filters, page), ct)))
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("Invitations by mail, the newest first")
            .WithDescription("`query` finds parts of addresses; `state` is `open`, `accepted` or `expired`.").Produces<Page<AdminInvitationView>>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        api.MapDelete("/admin/invitations/{id:id}", async (Guid id, Actor actor, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Delete(id, actor), ct)).ToNoContent())
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Take an invitation back").WithDescription("Needs a step-up.")
            .Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
    }

    public sealed record AdminInvitationView(Guid Id, string Email, Guid InvitedBy, ServerRole Role, string State, Instant CreatedAt, Instant ExpiresAt, Instant? AcceptedAt);

    internal sealed record Filters
    {
        [FromQuery]
        public string? State { get; init; }
    }

    public sealed record Query(Filters Filters, ListParameters List) : IRequest<Result<Page<AdminInvitationView>>>;

    public sealed record Delete(Guid Id, Actor Actor) : IRequest<Result<Nothing>>;

    internal sealed class Handler(AuthDb db, IAuditLog audit, TimeProvider time) : IRequestHandler<Query, Result<Page<AdminInvitationView>>>, IRequestHandler<Delete, Result<Nothing>>
    {
        private static readonly SortOrders<InvitationRow> Orders = new(i => i.Id);

        public async Task<Result<Page<AdminInvitationView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var now = time.Now();
            var rows = db.Invitations.AsNoTracking();
            switch (request.Filters.State)
            {
                case null:
                    break;
                case "open":
                    rows = rows.Where(i => i.AcceptedAt == null && i.ExpiresAt > now);
                    break;
                case "accepted":
                    rows = rows.Where(i => i.AcceptedAt != null);
                    break;
                case "expired":
                    rows = rows.Where(i => i.AcceptedAt == null && i.ExpiresAt <= now);
                    break;
                default:
                    return Error.Validation("state", "`state` is `open`, `accepted` or `expired`.");
            }

            if (request.List.Sought is { } sought)
            {
                rows = rows.Where(i => i.EmailKey.Contains(sought));
            }

            return await Orders.Page(
                rows, request.List,
                i => new AdminInvitationView(i.Id, i.Email, i.InvitedBy, i.Role, i.AcceptedAt is not null ? "accepted" : i.ExpiresAt > now ? "open" : "expired", i.CreatedAt, i.ExpiresAt, Instant.From(i.AcceptedAt)),
                cancellationToken);
        }

        public async Task<Result<Nothing>> Handle(Delete request, CancellationToken cancellationToken)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            if (await db.Invitations.Where(i => i.Id == request.Id).ExecuteDeleteAsync(cancellationToken) == 0)
            {
                return Error.NotFound;
            }

            await audit.Append(db, AuditEvent.By(request.Actor, "invitation.deleted", "invitation", request.Id), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return Nothing.Value;
        }
    }
}
