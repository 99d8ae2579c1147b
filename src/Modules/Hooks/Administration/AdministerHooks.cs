using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Listing;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Hooks.Data;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Hooks.Administration;

/// <summary>All rooms' hooks; of an address its host alone, since the rest may hold a secret of the receiver's.</summary>
internal static class AdministerHooks
{
    private const string Incoming = "incoming";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/admin/hooks", ([AsParameters] Filters filters, [AsParameters] ListParameters list, HttpRequest request, IMediator mediator, CancellationToken ct) =>
                list.Answer(request, page => mediator.Send(new Query(filters, page), ct)))
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("All hooks, the newest first").WithDescription("`query` finds parts of names. `kind` is `outgoing` (default) or `incoming`; `roomId` keeps those of one room.")
            .Produces<Page<AdminHookView>>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        api.MapDelete("/admin/hooks/{id:id}", async (Guid id, Actor actor, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Delete(id, actor), ct)).ToNoContent())
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Remove a hook").WithDescription("Of either kind; an incoming one's bot goes with it. Needs a step-up.").Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
    }

    public sealed record AdminHookView(
        Guid Id, string Kind, Guid RoomId, Guid CreatedBy, string Name, string? Host, int Failures, string? Problem, Instant? DisabledAt, long? LastSeq, Instant CreatedAt);

    internal sealed record Filters
    {
        [FromQuery]
        public string? Kind { get; init; }

        [FromQuery]
        public Guid? RoomId { get; init; }
    }

    public sealed record Query(Filters Filters, ListParameters List) : IRequest<Result<Page<AdminHookView>>>;

    public sealed record Delete(Guid Id, Actor Actor) : IRequest<Result<Nothing>>;

    internal sealed class Handler(HooksDb db, IBotAccounts bots, IAuditLog audit) : IRequestHandler<Query, Result<Page<AdminHookView>>>, IRequestHandler<Delete, Result<Nothing>>
    {
        private static readonly SortOrders<HookRow> Outgoing = new(h => h.Id);
        private static readonly SortOrders<IncomingRow> OfIncoming = new(h => h.Id);

        public async Task<Result<Page<AdminHookView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var (kind, roomId, sought) = (request.Filters.Kind, request.Filters.RoomId, request.List.Query?.Trim());
            switch (kind)
            {
                case null or "outgoing":
                    var outgoing = db.Hooks.AsNoTracking().Where(h => roomId == null || h.RoomId == roomId);
                    outgoing = string.IsNullOrEmpty(sought) ? outgoing : outgoing.Where(h => h.Name.Contains(sought));
                    return await Outgoing.Page(outgoing, request.List, Show, cancellationToken);
                case Incoming:
                    var incoming = db.Incoming.AsNoTracking().Where(h => roomId == null || h.RoomId == roomId);
                    incoming = string.IsNullOrEmpty(sought) ? incoming : incoming.Where(h => h.Name.Contains(sought));
                    return await OfIncoming.Page(incoming, request.List, h => new AdminHookView(h.Id, Incoming, h.RoomId, h.CreatedBy, h.Name, null, 0, null, null, null, h.CreatedAt), cancellationToken);
                default:
                    return Error.Validation("kind", "`kind` is `outgoing` or `incoming`.");
            }
        }

        public async Task<Result<Nothing>> Handle(Delete request, CancellationToken cancellationToken)
        {
            Guid? bot;
            await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
            {
                bot = await db.Incoming.Where(h => h.Id == request.Id).Select(h => (Guid?)h.BotId).SingleOrDefaultAsync(cancellationToken);
                var removed = bot is null
                    ? await db.Hooks.Where(h => h.Id == request.Id).ExecuteDeleteAsync(cancellationToken)
                    : await db.Incoming.Where(h => h.Id == request.Id).ExecuteDeleteAsync(cancellationToken);
                if (removed == 0)
                {
                    return Error.NotFound;
                }

                await audit.Append(db, AuditEvent.By(request.Actor, "hook.deleted", "hook", request.Id), cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }

            if (bot is { } botId)
            {
                await bots.Remove(botId, cancellationToken);
            }

            return Nothing.Value;
        }

        private static AdminHookView Show(HookRow h) => new(
            h.Id, "outgoing", h.RoomId, h.CreatedBy, h.Name, Uri.TryCreate(h.Url, UriKind.Absolute, out var url) ? url.Host : null, h.Failures, h.Problem, Instant.From(h.DisabledAt), h.LastSeq, h.CreatedAt);
    }
}
