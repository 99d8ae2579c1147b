using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.Sessions;

internal static class ListSessions
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/auth/sessions", async (Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(caller), ct)).ToOk())
            .RequireAuthorization(Policies.Unfinished).WithTags("Auth").WithSummary("My sessions, the last used first").WithDescription("All of them at once: their number is bounded, and `nextCursor` is always null.")
            .Produces<Page<SessionView>>().ProducesProblem(401);

    /// <param name="Id">To end it by.</param>
    /// <param name="CreatedAt">When it logged in.</param>
    /// <param name="LastUsedAt">Its last request.</param>
    /// <param name="UserAgent">What its login said.</param>
    /// <param name="Ip">Where its login or its last refresh came from.</param>
    /// <param name="Current">The one that asks.</param>
    public sealed record SessionView(Guid Id, Instant CreatedAt, Instant LastUsedAt, string UserAgent, string Ip, bool Current);

    public sealed record Query(Caller Caller) : IRequest<Result<Page<SessionView>>>;

    internal sealed class Handler(AuthDb db, LiveSessions live, IOptions<AuthOptions> options, TimeProvider time) : IRequestHandler<Query, Result<Page<SessionView>>>
    {
        public async Task<Result<Page<SessionView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var now = time.Now();
            var idleSince = now - (long)options.Value.IdleLimit.TotalMilliseconds;
            var rows = await db.Sessions.AsNoTracking().Where(s => s.AccountId == request.Caller.UserId && s.EndedAt == null && s.ExpiresAt > now && s.Kind == SessionKind.Login).ToListAsync(cancellationToken);
            var items = rows
                .Select(s => new SessionView(s.Id, s.CreatedAt, Math.Max(s.LastUsedAt, live.Peek(s.Id)?.LastUsedAt ?? 0), s.UserAgent, s.Ip, s.Id == request.Caller.SessionId))
                .Where(s => s.LastUsedAt.UnixMilliseconds > idleSince)
                .OrderByDescending(s => s.LastUsedAt)
                .ToList();
            return new Page<SessionView>(items, NextCursor: null);
        }
    }
}
