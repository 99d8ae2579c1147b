using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Listing;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Hooks.Data;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Hooks.Administration;

/// <summary>All rooms' hooks, commands too; of an address its host alone, since the rest may hold a secret of the receiver's.</summary>
internal static class AdministerHooks
{
    private const string Incoming = "incoming";
    private const string OfCommand = "command";

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/admin/hooks", ([AsParameters] Filters filters, [AsParameters] ListParameters list, HttpRequest request, IMediator mediator, CancellationToken ct) =>
                list.Answer(request, page => mediator.Send(new Query(filters, page), ct)))
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("All hooks, the newest first").WithDescription("`query` finds parts of names. `kind` is `outgoing` (default), `incoming` or `command`; `roomId` keeps those of one room.")
            .Produces<Page<AdminHookView>>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        api.MapDelete("/admin/hooks/{id:id}", async (Guid id, Actor actor, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Delete(id, actor), ct)).ToNoContent())
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Remove a hook").WithDescription("Of any kind; the bot of an incoming one or of a command goes with it. Needs a step-up.").Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
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
        private static readonly SortOrders<CommandRow> OfCommands = new(c => c.Id);

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
                case OfCommand:
                    var commands = db.Commands.AsNoTracking().Where(c => roomId == null || c.RoomId == roomId);
                    commands = string.IsNullOrEmpty(sought) ? commands : commands.Where(c => c.Name.Contains(sought));
                    return await OfCommands.Page(commands, request.List, c => new AdminHookView(c.Id, OfCommand, c.RoomId, c.CreatedBy, c.Name, HostOf(c.Url), 0, null, null, null, c.CreatedAt), cancellationToken);
                default:
                    return Error.Validation("kind", "`kind` is `outgoing`, `incoming` or `command`.");
            }
        }

        public async Task<Result<Nothing>> Handle(Delete request, CancellationToken cancellationToken)
        {
            if (await db.Incoming.Where(h => h.Id == request.Id).Select(h => (Guid?)h.BotId).SingleOrDefaultAsync(cancellationToken) is { } ofIncoming)
            {
                return await Remove<IncomingRow>(ofIncoming, request, cancellationToken);
            }

            if (await db.Commands.Where(c => c.Id == request.Id).Select(c => (Guid?)c.BotId).SingleOrDefaultAsync(cancellationToken) is { } ofCommand)
            {
                return await Remove<CommandRow>(ofCommand, request, cancellationToken);
            }

            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            if (await db.Hooks.Where(h => h.Id == request.Id).ExecuteDeleteAsync(cancellationToken) == 0)
            {
                return Error.NotFound;
            }

            await audit.Append(db, Deleted(request), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return Nothing.Value;
        }

        private static AuditEvent Deleted(Delete request) => AuditEvent.By(request.Actor, "hook.deleted", "hook", request.Id);

        private static string? HostOf(string address) => Uri.TryCreate(address, UriKind.Absolute, out var url) ? url.Host : null;

        private static AdminHookView Show(HookRow h) => new(
            h.Id, "outgoing", h.RoomId, h.CreatedBy, h.Name, HostOf(h.Url), h.Failures, h.Problem, Instant.From(h.DisabledAt), h.LastSeq, h.CreatedAt);

        /// <summary>The row, its bot and the entry in one commit.</summary>
        private Task<Result<Nothing>> Remove<T>(Guid botId, Delete request, CancellationToken cancellationToken)
            where T : class, IWithBot =>
            bots.Remove(
                botId,
                new CommitOrigin(request.Actor.SessionId),
                async (tx, ct) =>
                {
                    if (await tx.Forget<T>(request.Id, ct) is { } refusal)
                    {
                        return refusal;
                    }

                    await audit.Append(tx.Use<HooksDb>(), Deleted(request), ct);
                    return null;
                },
                cancellationToken);
    }
}
