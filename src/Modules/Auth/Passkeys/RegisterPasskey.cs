using System.Text.Json;
using System.Text.Json.Serialization;
using ChatMonolith.Auth.Accounts;
using ChatMonolith.Auth.Notices;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.Auth.SecondFactors;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Time;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.Passkeys;

/// <summary>Adds a passkey to the account, for logging in without a password and as second factor.</summary>
internal static class RegisterPasskey
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/auth/passkeys/register/options", async (HttpContext http, Caller caller, AuthDb db, PasskeyCeremonies passkeys, CancellationToken ct) =>
                await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.Id == caller.UserId, ct) is { } account
                    ? Results.Ok(await passkeys.AskToCreate(account, http))
                    : Error.Unauthenticated().ToProblem())
            .RequireAuthorization(Policies.UnfinishedStepUp).WithTags("Auth").WithSummary("Begin to add a passkey")
            .WithDescription("The answer is for `navigator.credentials.create` (PublicKeyCredentialCreationOptionsJSON, WebAuthn level 3). Good for 5 minutes, once. Needs a step-up.")
            .Produces<JsonElement>().ProducesProblem(401).ProducesProblem(403);
        api.MapPost("/auth/passkeys/register", async (Body body, HttpContext http, Caller caller, ClientInfo client, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(body.Credential, body.Name, http, caller, client), ct)).ToHttp(made => Results.Created($"/api/v1/auth/passkeys/{made.Passkey.Id}", made)))
            .RequireAuthorization(Policies.UnfinishedStepUp).WithTags("Auth").WithSummary("Add a passkey")
            .WithDescription("`credential` is what the browser gave (RegistrationResponseJSON). The first second factor of an account brings ten `recoveryCodes`, shown once, and ends the other sessions. Needs a step-up.")
            .Produces<Made>(201).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(409);
    }

    public sealed record Body(JsonElement? Credential, string? Name);

    public sealed record Made(PasskeyView Passkey, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] IReadOnlyList<string>? RecoveryCodes);

    public sealed record Command(JsonElement? Credential, string? Name, HttpContext Http, Caller Caller, ClientInfo Client) : IRequest<Result<Made>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Credential).Must(c => c is { ValueKind: JsonValueKind.Object }).WithMessage("Send what navigator.credentials.create gave.");
            RuleFor(c => c.Name).Must(n => n is null || (n.Length is > 0 and <= PasskeyRow.NameMax && AccountRules.IsOneLine(n))).WithMessage($"A passkey's name has 1 to {PasskeyRow.NameMax} characters in one line.");
        }
    }

    internal sealed class Handler(
        AuthDb db,
        PasskeyCeremonies passkeys,
        SecondFactorCheck factors,
        RecoveryCodes recovery,
        SessionProofs proofs,
        AccountNotices notices,
        IOptions<AuthOptions> options,
        TimeProvider time,
        ILogger<Handler> logger)
        : IRequestHandler<Command, Result<Made>>
    {
        public async Task<Result<Made>> Handle(Command request, CancellationToken cancellationToken)
        {
            var attested = await passkeys.Attest(request.Caller.UserId, request.Credential!.Value, request.Http, request.Client);
            if (!attested.IsOk)
            {
                return attested.Error;
            }

            try
            {
                return await Store(attested.Value, request, cancellationToken);
            }
            catch (DbUpdateException e) when (DatabaseFailures.IsDuplicate(e))
            {
                return Error.Conflict("This passkey is registered already.", ConflictReasons.PasskeyKnown);
            }
        }

        private async Task<Result<Made>> Store(UserPasskeyInfo passkey, Command request, CancellationToken ct)
        {
            var row = ToRow(passkey, request);
            IReadOnlyList<string>? codes = null;
            List<Guid> others = [];
            await using (var transaction = await db.Database.BeginTransactionAsync(ct))
            {
                if (await db.TakeAccount(request.Caller.UserId, ct) is not { } account)
                {
                    return Error.Unauthenticated();
                }

                if (await db.Passkeys.CountAsync(p => p.AccountId == account.Id, ct) >= options.Value.PasskeysPerAccount)
                {
                    return Error.Conflict($"You have {options.Value.PasskeysPerAccount} passkeys. Remove one first.", ConflictReasons.TooManyPasskeys);
                }

                var isFirst = !(await factors.Of(account, ct)).IsDue;
                db.Passkeys.Add(row);
                await db.SaveChangesAsync(ct);
                if (isFirst)
                {
                    codes = await recovery.Renew(account.Id, ct);
                    others = await proofs.MarkOthers(account.Id, request.Caller.SessionId, ct);
                }

                await notices.Changed(db, account, "passkey.added", request.Client, ct);
                await proofs.Add(request.Caller.SessionId, Proof.SecondFactor, ct);
                await transaction.CommitAsync(ct);
            }

            await proofs.Committed(request.Caller, Proof.SecondFactor, others, "a second factor was set up");
            logger.CredentialChanged(request.Caller.UserId, "passkey added", request.Client.Address);
            return new Made(PasskeyView.Of(row), codes);
        }

        private PasskeyRow ToRow(UserPasskeyInfo passkey, Command request)
        {
            var transports = string.Join(',', passkey.Transports ?? []);
            return new PasskeyRow
            {
                Id = Guid.CreateVersion7(),
                AccountId = request.Caller.UserId,
                CredentialId = passkey.CredentialId,
                PublicKey = passkey.PublicKey,
                SignCount = passkey.SignCount,
                Transports = transports.Length <= PasskeyRow.TransportsMax ? transports : "",
                IsBackupEligible = passkey.IsBackupEligible,
                IsBackedUp = passkey.IsBackedUp,
                Name = request.Name ?? "Passkey",
                CreatedAt = time.Now(),
            };
        }
    }
}

/// <param name="Id">To remove it by.</param>
/// <param name="Name">As its owner called it.</param>
/// <param name="BackedUp">It lives in more places than one device.</param>
/// <param name="CreatedAt">When it was added.</param>
/// <param name="LastUsedAt">Null when never.</param>
internal sealed record PasskeyView(Guid Id, string Name, bool BackedUp, Instant CreatedAt, Instant? LastUsedAt)
{
    public static PasskeyView Of(PasskeyRow row) => new(row.Id, row.Name, row.IsBackedUp, row.CreatedAt, Instant.From(row.LastUsedAt));
}
