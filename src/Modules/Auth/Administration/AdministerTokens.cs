using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.Auth.Tokens;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Listing;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Administration;

/// <summary>Sessions, personal tokens and reset links: that they are there, and their end. Nothing that could be used.</summary>
internal static class AdministerTokens
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/admin/tokens", ([AsParameters] Filters filters, [AsParameters] ListParameters list, HttpRequest request, IMediator mediator, CancellationToken ct) =>
                list.Answer(request, page => mediator.Send(new Query(filters, page), ct)))
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("Sessions, personal tokens and reset links, the newest first")
            .WithDescription("`kind` is `session`, `token` or `reset`; without it sessions and tokens. `userId` keeps those of one person. Ended ones are kept for a day.")
            .Produces<Page<AdminTokenView>>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        api.MapGet("/admin/tokens/{id:id}", async (Guid id, IMediator mediator, CancellationToken ct) => (await mediator.Send(new One(id), ct)).ToOk())
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("A session or personal token").Produces<AdminTokenView>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        api.MapDelete("/admin/tokens/{id:id}", async (Guid id, Actor actor, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Delete(id, actor), ct)).ToNoContent())
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("End a session, a personal token or a reset link")
            .WithDescription("Its sockets and uploads end before it answers. A reset link has the id of its account. Needs a step-up.").Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
    }

    public sealed record AdminTokenView(
        Guid Id, string Kind, Guid UserId, string? Name, IReadOnlyList<string> Scopes, string UserAgent, string Ip, Instant? CreatedAt, Instant? LastUsedAt, Instant? ExpiresAt, Instant? EndedAt);

    internal sealed record Filters
    {
        [FromQuery]
        public string? Kind { get; init; }

        [FromQuery]
        public Guid? UserId { get; init; }
    }

    public sealed record Query(Filters Filters, ListParameters List) : IRequest<Result<Page<AdminTokenView>>>;

    public sealed record One(Guid Id) : IRequest<Result<AdminTokenView>>;

    public sealed record Delete(Guid Id, Actor Actor) : IRequest<Result<Nothing>>;

    internal sealed class Handler(AuthDb db, SessionEnding ending, IAuditLog audit, TimeProvider time)
        : IRequestHandler<Query, Result<Page<AdminTokenView>>>, IRequestHandler<One, Result<AdminTokenView>>, IRequestHandler<Delete, Result<Nothing>>
    {
        private static readonly SortOrders<Session> Orders = new(s => s.Id);
        private static readonly SortOrders<ResetRow> ResetOrders = new(r => r.AccountId);

        public async Task<Result<Page<AdminTokenView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var ((kind, userId), list) = ((request.Filters.Kind, request.Filters.UserId), request.List);
            if (kind is not (null or "session" or "token" or "reset"))
            {
                return Error.Validation("kind", "`kind` is `session`, `token` or `reset`.");
            }

            if (kind == "reset")
            {
                var resets = db.Resets.AsNoTracking().Where(r => userId == null || r.AccountId == userId);
                return await ResetOrders.Page(resets, list, r => new AdminTokenView(r.AccountId, "reset", r.AccountId, null, [], "", "", null, null, r.ExpiresAt, null), cancellationToken);
            }

            var rows = db.Sessions.AsNoTracking();
            rows = kind is null ? rows : rows.Where(s => s.Kind == (kind == "token" ? SessionKind.Token : SessionKind.Login));
            rows = userId is { } id ? rows.Where(s => s.AccountId == id) : rows;
            return await Orders.Page(rows, list, Show, cancellationToken);
        }

        public async Task<Result<AdminTokenView>> Handle(One request, CancellationToken cancellationToken) =>
            await db.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == request.Id, cancellationToken) is { } session ? (await Show([session], cancellationToken))[0] : Error.NotFound;

        public async Task<Result<Nothing>> Handle(Delete request, CancellationToken cancellationToken)
        {
            if (await db.Sessions.AsNoTracking().SingleOrDefaultAsync(s => s.Id == request.Id && s.EndedAt == null, cancellationToken) is { } session)
            {
                var kind = session.Kind is SessionKind.Token ? "token" : "session";
                await ending.End(
                    session.AccountId, [session.Id], "an admin ended it", ct => audit.Append(db, AuditEvent.By(request.Actor, kind + ".ended", kind, session.Id, ("user", session.AccountId.ToString())), ct));
                return Nothing.Value;
            }

            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var now = time.Now();
            if (await db.Resets.Where(r => r.AccountId == request.Id && r.ExpiresAt > now).ExecuteDeleteAsync(cancellationToken) == 0)
            {
                return Error.NotFound;
            }

            await audit.Append(db, AuditEvent.By(request.Actor, "reset.ended", "user", request.Id), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return Nothing.Value;
        }

        private async Task<IReadOnlyList<AdminTokenView>> Show(IReadOnlyList<Session> sessions, CancellationToken ct)
        {
            var ids = sessions.Where(s => s.Kind is SessionKind.Token).Select(s => s.Id).ToArray();
            var tokens = ids.Length == 0 ? [] : await db.Tokens.AsNoTracking().Where(t => ids.Contains(t.SessionId)).ToDictionaryAsync(t => t.SessionId, ct);
            return [.. sessions.Select(s => Of(s, tokens.GetValueOrDefault(s.Id)))];
        }

        private static AdminTokenView Of(Session s, TokenRow? token) => new(
            s.Id, s.Kind is SessionKind.Token ? "token" : "session", s.AccountId, token?.Name, s.Kind is SessionKind.Token ? ScopeNames.Of(s.Scopes) : [], s.UserAgent, s.Ip, s.CreatedAt, s.LastUsedAt,
            token is { NeverExpires: true } ? null : (Instant?)s.ExpiresAt, Instant.From(s.EndedAt));
    }
}
