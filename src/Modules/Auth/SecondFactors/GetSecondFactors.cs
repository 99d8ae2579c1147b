using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.SecondFactors;

/// <summary>What the page of one's security shows.</summary>
internal static class GetSecondFactors
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/auth/2fa", async (Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(caller), ct)).ToOk())
            .RequireAuthorization(Policies.Unfinished).WithTags("Auth").WithSummary("My second factors").Produces<FactorsView>().ProducesProblem(401);

    /// <param name="Totp">An authenticator app is set up.</param>
    /// <param name="Passkeys">How many.</param>
    /// <param name="RecoveryCodesLeft">How many of the ten.</param>
    /// <param name="Email">A code by mail counts.</param>
    /// <param name="Required">This server asks this account for a second factor.</param>
    /// <param name="Owed">This session has not shown one, and can do nothing else before.</param>
    /// <param name="FreshUntil">Until when this session needs no step-up; null when it needs one.</param>
    public sealed record FactorsView(bool Totp, int Passkeys, int RecoveryCodesLeft, bool Email, bool Required, bool Owed, Instant? FreshUntil);

    public sealed record Query(Caller Caller) : IRequest<Result<FactorsView>>;

    internal sealed class Handler(AuthDb db, SecondFactorCheck factors, AccessRule rule, LiveSessions live, Microsoft.Extensions.Options.IOptions<AuthOptions> options) : IRequestHandler<Query, Result<FactorsView>>
    {
        public async Task<Result<FactorsView>> Handle(Query request, CancellationToken cancellationToken)
        {
            if (live.Peek(request.Caller.SessionId) is not { } session || await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.Id == request.Caller.UserId, cancellationToken) is not { } account)
            {
                return Error.Unauthenticated();
            }

            var of = await factors.Of(account, cancellationToken);
            return new FactorsView(
                of.HasTotp,
                await db.Passkeys.CountAsync(p => p.AccountId == account.Id, cancellationToken),
                await db.RecoveryCodes.CountAsync(c => c.AccountId == account.Id && c.UsedAt == null, cancellationToken),
                of.TakesEmailCode,
                rule.PolicyAsks(account.Role),
                rule.OwesFactor(session),
                rule.IsFresh(session) ? session.FreshAt + (long)options.Value.Freshness.TotalMilliseconds : null);
        }
    }
}
