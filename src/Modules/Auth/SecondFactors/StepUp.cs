using System.Text.Json;
using ChatMonolith.Auth.Passkeys;
using ChatMonolith.Auth.Passwords;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Admin;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.SecondFactors;

/// <summary>The person at a session that is open proves that it is them: password and second factor, or a passkey.</summary>
internal static class StepUp
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/auth/step-up", async (Body body, HttpContext http, Caller caller, ClientInfo client, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(body.Password, body.Code, body.Credential, http, caller, client), ct)).ToNoContent())
            .RequireAuthorization(Policies.Unfinished).WithTags("Auth").WithSummary("Confirm that it is me")
            .WithDescription("`{password, code?}`, the code where the account has a second factor (`two_factor_required` says so); or `{credential}`, a passkey's answer to `POST /auth/passkeys/login/options`. The session then counts as fresh for 10 minutes: what answers `step_up_required` can be done. A fresh login needs no step-up.")
            .Produces(204).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(429);

    public sealed record Body(string? Password, string? Code, JsonElement? Credential);

    public sealed record Command(string? Password, string? Code, JsonElement? Credential, HttpContext Http, Caller Caller, ClientInfo Client) : IRequest<Result<Nothing>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Password).PasswordThatMayBeWrong().When(c => c.Credential is null);
            RuleFor(c => c.Code).MaximumLength(32);
        }
    }

    internal sealed class Handler(AuthDb db, CredentialCheck credentials, SecondFactorCheck factors, PasskeyCeremonies passkeys, SessionProofs proofs, IAuditLog audit, ILogger<Handler> logger)
        : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            var proven = request.Credential is { } credential
                ? await ByPasskey(credential, request, cancellationToken)
                : await ByPassword(request, cancellationToken);
            if (!proven.IsOk)
            {
                return proven.Error;
            }

            await proofs.Committed(request.Caller, proven.Value, [], "");
            logger.SteppedUp(request.Caller.UserId, request.Client.Address);
            audit.Note(new AuditEvent("step-up", request.Caller.UserId, "user", request.Caller.UserId, request.Client.Address, request.Caller.SessionId));
            return Nothing.Value;
        }

        private async Task<Result<Proof>> ByPassword(Command request, CancellationToken ct)
        {
            var account = await db.Accounts.AsNoTracking().SingleAsync(a => a.Id == request.Caller.UserId, ct);
            var accepted = await credentials.Verify(account, account.Id.ToString(), request.Password!, request.Client, ct);
            if (!accepted.IsOk)
            {
                return accepted.Error;
            }

            var of = await factors.Of(account, ct);
            if (of.IsDue && request.Code is null)
            {
                return SecondFactorCheck.Required(of);
            }

            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            if (of.IsDue && await factors.Spend(account, request.Code!, request.Client, ct) is { } wrong)
            {
                await transaction.CommitAsync(ct);
                return wrong;
            }

            var proof = of.IsDue ? Proof.Password | Proof.SecondFactor : Proof.Password;
            if (await proofs.Add(request.Caller.SessionId, proof, ct) == 0)
            {
                return Error.Unauthenticated();
            }

            await transaction.CommitAsync(ct);
            return proof;
        }

        private async Task<Result<Proof>> ByPasskey(JsonElement credential, Command request, CancellationToken ct)
        {
            var asserted = await passkeys.Assert(credential, request.Http, request.Client, ct);
            if (!asserted.IsOk)
            {
                return asserted.Error;
            }

            // Another's passkey proves another; one that did not ask its user proves possession alone.
            if (asserted.Value.AccountId != request.Caller.UserId || !asserted.Value.IsUserVerified)
            {
                return PasskeyCeremonies.Refused;
            }

            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            await passkeys.Used(asserted.Value, ct);
            if (await proofs.Add(request.Caller.SessionId, Proof.Passkey, ct) == 0)
            {
                return Error.Unauthenticated();
            }

            await transaction.CommitAsync(ct);
            return Proof.Passkey;
        }
    }
}
