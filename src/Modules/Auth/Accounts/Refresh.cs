using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.Accounts;

/// <summary>
/// Exchanges a refresh token for its successor and a new access token. A used token that comes back was stolen, or its reply was lost;
/// within seconds, and while nobody used the successor, it is taken for the latter. Otherwise the whole session ends (RFC 9700, 4.14.2).
/// </summary>
internal static class Refresh
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/auth/refresh", async ([FromBody] Body? body, ClientInfo client, HttpContext http, OriginRule origins, SessionCookies cookies, ILogger<Handler> logger, IMediator mediator, CancellationToken ct) =>
            {
                var cookie = http.Request.Cookies[SessionCookies.Refresh];
                var byCookie = body?.RefreshToken is null && !string.IsNullOrEmpty(cookie);
                if (byCookie && !origins.ProvesOwn(http.Request))
                {
                    return CrossSite.Refuse(http.Request, logger).ToProblem();
                }

                var result = await mediator.Send(new Command(byCookie ? cookie : body?.RefreshToken, client), ct);
                if (byCookie && !result.IsOk && ErrorCodes.StatusOf(result.Error.Code) == StatusCodes.Status401Unauthorized)
                {
                    SessionCookies.Clear(http.Response);
                }

                return result.ToHttp(tokens => SessionAnswer.Ok(http.Response, cookies, tokens, byCookie));
            })
            .AllowAnonymous().InClass(RouteClass.Write).WithTags("Auth").WithSummary("Exchange a refresh token")
            .WithDescription("By body or cookie; the cookie needs the server's own origin. Each refresh token works once, but its direct repeat within 30 s, while the successor is unused, yields the same successor. Any other reuse ends the whole session (`refresh_reused`).")
            .Produces<SessionTokens>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);

    public sealed record Body(string? RefreshToken);

    public sealed record Command(string? Token, ClientInfo Client) : IRequest<Result<SessionTokens>>;

    internal sealed class Handler(
        AuthDb db,
        RefreshSecrets secrets,
        AccessTokens accessTokens,
        LiveSessions live,
        SessionEnding ending,
        AccessRule rule,
        IAuditLog audit,
        IOptions<AuthOptions> options,
        TimeProvider time,
        ILogger<Handler> logger)
        : IRequestHandler<Command, Result<SessionTokens>>
    {
        private static readonly Error Unknown = Error.Unauthenticated("The refresh token is not valid, or its session has ended. Log in again.");

        public async Task<Result<SessionTokens>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (!RefreshSecrets.IsWellFormed(request.Token))
            {
                return Unknown;
            }

            var hash = Secrets.Hash(request.Token);
            var known = await db.RefreshTokens.AsNoTracking().Include(t => t.Session).ThenInclude(s => s.Account).SingleOrDefaultAsync(t => t.Hash == hash, cancellationToken);
            if (known is null || !known.Session.Account.IsActive || await live.Find(known.SessionId, cancellationToken) is not { } session)
            {
                return Unknown;
            }

            if (rule.OwesFactor(session))
            {
                return new Error(ErrorCodes.TwoFactorRequired, "This server asks for a second factor. Log in again, and set one up or prove yours.");
            }

            var successor = secrets.Successor(request.Token);
            switch (await Rotate(known, successor, request.Client, cancellationToken))
            {
                case Outcome.Rotated:
                    var account = known.Session.Account;
                    return new SessionTokens(accessTokens.Issue(account.Id, known.SessionId), successor, "Bearer", accessTokens.LifetimeSeconds, account.ToOwnView());
                case Outcome.Reused:
                    logger.RefreshReused(known.Session.AccountId, known.SessionId, request.Client.Address);
                    var reuse = new AuditEvent("refresh.reused", ActorId: null, "user", known.Session.AccountId, request.Client.Address, known.SessionId, AuditResult.Refused);
                    await ending.End(known.Session.AccountId, [known.SessionId], "a used refresh token came back", ct => audit.Append(db, reuse, ct));
                    return new Error(ErrorCodes.RefreshReused, "This refresh token was used before, so somebody else may hold a copy: the session was ended. Log in again.");
                default:
                    return Unknown;
            }
        }

        private async Task<Outcome> Rotate(RefreshToken known, string successor, ClientInfo client, CancellationToken ct)
        {
            var now = time.Now();
            await using var transaction = await db.Database.BeginTransactionAsync(ct);

            // Taking the session's row first keeps parallel refreshes of it, and its end, one after the other.
            var lives = await db.Sessions.Where(s => s.Id == known.SessionId && s.EndedAt == null && s.ExpiresAt > now)
                .ExecuteUpdateAsync(set => set.SetProperty(s => s.LastUsedAt, now).SetProperty(s => s.Ip, client.Address), ct);
            if (lives == 0)
            {
                return Outcome.Over;
            }

            var taken = await db.RefreshTokens.Where(t => t.Hash == known.Hash && t.UsedAt == null)
                .ExecuteUpdateAsync(set => set.SetProperty(t => t.UsedAt, now), ct);
            if (taken == 0 && !await IsRepeat(known.Hash, Secrets.Hash(successor), now, ct))
            {
                return Outcome.Reused;
            }

            if (taken == 1)
            {
                db.RefreshTokens.Add(new RefreshToken { Hash = Secrets.Hash(successor), SessionId = known.SessionId, IssuedAt = now });
                await db.SaveChangesAsync(ct);
            }

            await transaction.CommitAsync(ct);
            return Outcome.Rotated;
        }

        /// <summary>The direct repeat of a request whose reply was lost, or of the other tab: soon, and before the successor was used.</summary>
        private async Task<bool> IsRepeat(byte[] hash, byte[] successor, long now, CancellationToken ct)
        {
            var since = now - (options.Value.RefreshRepeatSeconds * 1000L);
            return await db.RefreshTokens.AnyAsync(t => t.Hash == hash && t.UsedAt >= since, ct)
                && await db.RefreshTokens.AnyAsync(t => t.Hash == successor && t.UsedAt == null, ct);
        }

        private enum Outcome
        {
            Rotated,
            Reused,
            Over,
        }
    }
}
