using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Tokens;

internal static class ListTokens
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/auth/tokens", async (Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(caller), ct)).ToOk())
            .WithTags("Auth").WithSummary("My personal access tokens, the newest first").WithDescription("Never what they are: that was shown once. Their number is bounded, and `nextCursor` is always null.")
            .Produces<Page<TokenView>>().ProducesProblem(401).ProducesProblem(403);

    public sealed record TokenView(Guid Id, string Name, IReadOnlyList<string> Scopes, Instant CreatedAt, Instant LastUsedAt, Instant? ExpiresAt);

    public sealed record Query(Caller Caller) : IRequest<Result<Page<TokenView>>>;

    internal sealed class Handler(AuthDb db, LiveSessions live, TimeProvider time) : IRequestHandler<Query, Result<Page<TokenView>>>
    {
        public async Task<Result<Page<TokenView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var now = time.Now();
            var rows = await db.Tokens.AsNoTracking().Include(t => t.Session)
                .Where(t => t.Session.AccountId == request.Caller.UserId && t.Session.EndedAt == null && t.Session.ExpiresAt > now).ToListAsync(cancellationToken);
            var items = rows.OrderByDescending(t => t.Session.CreatedAt)
                .Select(t => new TokenView(
                    t.SessionId, t.Name, ScopeNames.Of(t.Session.Scopes), t.Session.CreatedAt, Math.Max(t.Session.LastUsedAt, live.Peek(t.SessionId)?.LastUsedAt ?? 0),
                    t.NeverExpires ? null : (Instant?)t.Session.ExpiresAt))
                .ToList();
            return new Page<TokenView>(items, NextCursor: null);
        }
    }
}
