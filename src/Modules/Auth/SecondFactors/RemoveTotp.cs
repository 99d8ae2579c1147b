using ChatMonolith.Auth.Notices;
using ChatMonolith.Auth.Passwords;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.SecondFactors;

/// <summary>Removes the authenticator app, against password and code: a session that was left open is not enough.</summary>
internal static class RemoveTotp
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/auth/2fa/totp", async ([FromBody] Body body, Caller caller, ClientInfo client, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(body.Password, body.Code, caller, client), ct)).ToNoContent())
            .WithTags("Auth").WithSummary("Remove the authenticator app")
            .WithDescription("`code` is one of the app's, or a recovery code. With the last second factor the recovery codes go too. The other sessions end.")
            .Produces(204).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(429);

    public sealed record Body(string? Password, string? Code);

    public sealed record Command(string? Password, string? Code, Caller Caller, ClientInfo Client) : IRequest<Result<Nothing>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Password).PasswordThatMayBeWrong();
            RuleFor(c => c.Code).NotEmpty().MaximumLength(32).WithMessage("Enter a code of the app, or a recovery code.");
        }
    }

    internal sealed class Handler(AuthDb db, CredentialCheck credentials, SecondFactorCheck factors, SessionProofs proofs, AccountNotices notices, ILogger<Handler> logger)
        : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            var account = await db.Accounts.AsNoTracking().SingleAsync(a => a.Id == request.Caller.UserId, cancellationToken);
            if (!await db.Totp.AnyAsync(t => t.AccountId == account.Id && t.ConfirmedAt != null, cancellationToken))
            {
                return Error.NotFound;
            }

            var accepted = await credentials.Verify(account, account.Id.ToString(), request.Password!, request.Client, cancellationToken);
            if (!accepted.IsOk)
            {
                return accepted.Error;
            }

            List<Guid> others;
            await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
            {
                if (await db.TakeAccount(account.Id, cancellationToken) is not { } current)
                {
                    return Error.Unauthenticated();
                }

                if (await factors.Spend(current, request.Code!, request.Client, cancellationToken) is { } wrong)
                {
                    await transaction.CommitAsync(cancellationToken);
                    return wrong;
                }

                await db.Totp.Where(t => t.AccountId == account.Id).ExecuteDeleteAsync(cancellationToken);
                if (!await db.Passkeys.AnyAsync(p => p.AccountId == account.Id, cancellationToken))
                {
                    await db.RecoveryCodes.Where(c => c.AccountId == account.Id).ExecuteDeleteAsync(cancellationToken);
                }

                await notices.Changed(db, current, "totp.off", request.Client, cancellationToken);
                others = await proofs.MarkOthers(account.Id, request.Caller.SessionId, cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }

            await proofs.Committed(request.Caller, Proof.SecondFactor, others, "the authenticator app was removed");
            logger.CredentialChanged(account.Id, "totp removed", request.Client.Address);
            return Nothing.Value;
        }
    }
}
