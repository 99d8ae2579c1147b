using ChatMonolith.Auth.Codes;
using ChatMonolith.Auth.Notices;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.SecondFactors;

/// <summary>Completes the setting up of an authenticator app with its first code, and makes the recovery codes.</summary>
internal static class ConfirmTotp
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/auth/2fa/totp/confirm", async (Body body, Caller caller, ClientInfo client, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(body.Code, caller, client), ct)).ToOk())
            .RequireAuthorization(Policies.UnfinishedStepUp).WithTags("Auth").WithSummary("Complete the authenticator app with its first code")
            .WithDescription("From now on logging in asks for a second factor. `recoveryCodes` are shown once: each replaces the app for one login. The other sessions, which were begun without it, end. Needs a step-up.")
            .Produces<RecoveryCodesView>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(429);

    public sealed record Body(string? Code);

    public sealed record Command(string? Code, Caller Caller, ClientInfo Client) : IRequest<Result<RecoveryCodesView>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Code).Must(OneTimeCodes.IsWellFormed).WithMessage("The code has six digits.");
    }

    internal sealed class Handler(AuthDb db, SecondFactorCheck factors, RecoveryCodes recovery, SessionProofs proofs, AccountNotices notices, TimeProvider time, ILogger<Handler> logger)
        : IRequestHandler<Command, Result<RecoveryCodesView>>
    {
        public async Task<Result<RecoveryCodesView>> Handle(Command request, CancellationToken cancellationToken)
        {
            IReadOnlyList<string> codes;
            List<Guid> others;
            await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
            {
                if (await db.TakeAccount(request.Caller.UserId, cancellationToken) is not { } account)
                {
                    return Error.Unauthenticated();
                }

                if (!await factors.SpendTotp(account.Id, request.Code!, time.Now(), cancellationToken, unconfirmed: true))
                {
                    return new Error(ErrorCodes.InvalidCredentials, "This code is not right. Check that the clock of your device is, and begin anew if this goes on.");
                }

                codes = await recovery.Renew(account.Id, cancellationToken);
                await notices.Changed(db, account, "totp.on", request.Client, cancellationToken);
                await proofs.Add(request.Caller.SessionId, Proof.SecondFactor, cancellationToken);
                others = await proofs.MarkOthers(account.Id, request.Caller.SessionId, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }

            await proofs.Committed(request.Caller, Proof.SecondFactor, others, "a second factor was set up");
            logger.CredentialChanged(request.Caller.UserId, "totp set up", request.Client.Address);
            return new RecoveryCodesView(codes);
        }
    }
}

/// <param name="RecoveryCodes">Ten, shown once.</param>
internal sealed record RecoveryCodesView(IReadOnlyList<string> RecoveryCodes);
