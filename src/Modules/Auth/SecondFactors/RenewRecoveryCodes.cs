using ChatMonolith.Auth.Notices;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.SecondFactors;

internal static class RenewRecoveryCodes
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/auth/2fa/recovery-codes", async (Caller caller, ClientInfo client, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Command(caller, client), ct)).ToOk())
            .RequireAuthorization(Policies.StepUp).WithTags("Auth").WithSummary("Make ten new recovery codes")
            .WithDescription("The old ones are void. They are shown once. `conflict` without an authenticator app or passkey. Needs a step-up.")
            .Produces<RecoveryCodesView>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(409);

    public sealed record Command(Caller Caller, ClientInfo Client) : IRequest<Result<RecoveryCodesView>>;

    internal sealed class Handler(AuthDb db, SecondFactorCheck factors, RecoveryCodes recovery, AccountNotices notices, ILogger<Handler> logger) : IRequestHandler<Command, Result<RecoveryCodesView>>
    {
        public async Task<Result<RecoveryCodesView>> Handle(Command request, CancellationToken cancellationToken)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            if (await db.TakeAccount(request.Caller.UserId, cancellationToken) is not { } account)
            {
                return Error.Unauthenticated();
            }

            if (!(await factors.Of(account, cancellationToken)).IsDue)
            {
                return Error.Conflict("Set up an authenticator app or a passkey first: without one there is nothing to recover from.", ConflictReasons.NoFactor);
            }

            var codes = await recovery.Renew(account.Id, cancellationToken);
            await notices.Changed(db, account, "recovery.renewed", request.Client, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            logger.CredentialChanged(account.Id, "recovery codes renewed", request.Client.Address);
            return new RecoveryCodesView(codes);
        }
    }
}
