using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Listing;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Rooms.Storage;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Rooms.Administration;

/// <summary>The links by which rooms let people in; never their codes.</summary>
internal static class AdministerInvites
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/admin/invites", ([AsParameters] Filters filters, [AsParameters] ListParameters list, HttpRequest request, IMediator mediator, CancellationToken ct) =>
                list.Answer(request, page => mediator.Send(new Query(filters, page), ct)))
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("Rooms' invitation links, the newest first").WithDescription("`roomId` keeps those of one room. Ended ones are kept for a week.")
            .Produces<Page<AdminInviteView>>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        api.MapDelete("/admin/invites/{id:id}", async (Guid id, Actor actor, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Delete(id, actor), ct)).ToNoContent())
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Revoke a room's invitation link").WithDescription("Needs a step-up.").Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
    }

    public sealed record AdminInviteView(Guid Id, Guid RoomId, Guid CreatedBy, int? MaxUses, int Uses, Instant CreatedAt, Instant? ExpiresAt, bool HasEnded);

    internal sealed record Filters
    {
        [FromQuery]
        public Guid? RoomId { get; init; }
    }

    public sealed record Query(Filters Filters, ListParameters List) : IRequest<Result<Page<AdminInviteView>>>;

    public sealed record Delete(Guid Id, Actor Actor) : IRequest<Result<Nothing>>;

    internal sealed class Handler(RoomsDb db, IAuditLog audit, TimeProvider time) : IRequestHandler<Query, Result<Page<AdminInviteView>>>, IRequestHandler<Delete, Result<Nothing>>
    {
        private static readonly SortOrders<RoomInvite> Orders = new(i => i.Id);

        public Task<Result<Page<AdminInviteView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var now = time.Now();
            var rows = db.Invites.AsNoTracking();
            rows = request.Filters.RoomId is { } roomId ? rows.Where(i => i.RoomId == roomId) : rows;
            return Orders.Page(
                rows, request.List, i => new AdminInviteView(i.Id, i.RoomId, i.CreatedBy, i.MaxUses, i.Uses, i.CreatedAt, Instant.From(i.ExpiresAt), i.HasEnded(now)), cancellationToken);
        }

        public async Task<Result<Nothing>> Handle(Delete request, CancellationToken cancellationToken)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            if (await db.Invites.Where(i => i.Id == request.Id).ExecuteDeleteAsync(cancellationToken) == 0)
            {
                return Error.NotFound;
            }

            await audit.Append(db, AuditEvent.By(request.Actor, "invite.revoked", "invite", request.Id), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return Nothing.Value;
        }
    }
}
