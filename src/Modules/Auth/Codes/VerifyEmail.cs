using System.Data.Common;
using ChatMonolith.Auth.Accounts;
using ChatMonolith.Auth.Notices;
using ChatMonolith.Auth.Passwords;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Persistence;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.Codes;

/// <summary>Confirms an address with the code that was sent there: the account's own, or the new one that its logged-in owner asked for.</summary>
internal static class VerifyEmail
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/auth/email/verify", async (Body body, HttpContext http, ClientInfo client, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(body.Email, body.Code, Caller.From(http.User), client), ct)).ToNoContent())
            .AllowAnonymous().WithTags("Auth").WithSummary("Confirm an email address with the code that was sent there")
            .WithDescription("Six digits, good for 10 minutes and five tries, once. Logged in, it also completes a change of address (`POST /auth/email/change`). A code that is wrong, old or used answers `invalid_credentials`, and so does an address that nobody has.")
            .Produces(204).ProducesProblem(400).ProducesProblem(401).ProducesProblem(409).ProducesProblem(429);

    public sealed record Body(string? Email, string? Code);

    public sealed record Command(string? Email, string? Code, Caller? Caller, ClientInfo Client) : IRequest<Result<Nothing>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Email).Must(e => e is not null && AccountRules.IsEmail(e)).WithMessage("Enter the email address that the code was sent to.");
            RuleFor(c => c.Code).Must(OneTimeCodes.IsWellFormed).WithMessage("The code has six digits.");
        }
    }

    internal sealed class Handler(AuthDb db, OneTimeCodes codes, LoginThrottle throttle, AccountNotices notices, ILogger<Handler> logger) : IRequestHandler<Command, Result<Nothing>>
    {
        private static readonly Error Wrong = new(ErrorCodes.InvalidCredentials, "This code is not right, was used, or is too old. Ask for another.");

        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            var email = Account.EmailKey(request.Email!);
            if (throttle.Wait("code\n" + email, request.Client.Network) is { } wait)
            {
                return new Error(ErrorCodes.LockedOut, "Too many wrong codes from here. Wait a while.", RetryAfter: wait);
            }

            var result = await Confirm(email, request, cancellationToken);
            if (result is { IsOk: false, Error.Code: ErrorCodes.InvalidCredentials })
            {
                throttle.Failed("code\n" + email, request.Client.Network);
            }

            return result;
        }

        private async Task<Result<Nothing>> Confirm(string email, Command request, CancellationToken ct)
        {
            await using var transaction = await db.Database.BeginTransactionAsync(ct);
            var own = await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.NormalizedEmail == email && a.IsActive, ct);
            Result<Nothing> result = Wrong;
            if (own is not null && await codes.Spend(own.Id, CodePurpose.VerifyEmail, request.Code!, ct) is { } address)
            {
                // To an address that the account had when the code was sent, and has still.
                result = Account.EmailKey(address) == email
                    && await db.Accounts.Where(a => a.Id == own.Id && a.NormalizedEmail == email).ExecuteUpdateAsync(set => set.SetProperty(a => a.EmailConfirmed, true), ct) == 1
                    ? Nothing.Value
                    : Wrong;
            }
            else if (request.Caller is { } caller && await codes.Spend(caller.UserId, CodePurpose.ChangeEmail, request.Code!, ct) is { } wanted && Account.EmailKey(wanted) == email)
            {
                result = await Change(caller.UserId, wanted, request.Client, ct);
            }

            await transaction.CommitAsync(ct);
            return result;
        }

        private async Task<Result<Nothing>> Change(Guid accountId, string address, ClientInfo client, CancellationToken ct)
        {
            if (await db.TakeAccount(accountId, ct) is not { } account)
            {
                return Wrong;
            }

            var key = Account.EmailKey(address);
            if (await db.Accounts.AnyAsync(a => a.NormalizedEmail == key && a.Id != accountId, ct))
            {
                return new Error(ErrorCodes.EmailTaken, "There is an account with this email address.");
            }

            // The old address hears of it; links that were sent there are void.
            await notices.Changed(db, account, "email.changed", client, ct);
            await db.Resets.Where(r => r.AccountId == accountId).ExecuteDeleteAsync(ct);
            await db.Codes.Where(c => c.AccountId == accountId).ExecuteDeleteAsync(ct);
            try
            {
                await db.Accounts.Where(a => a.Id == accountId)
                    .ExecuteUpdateAsync(set => set.SetProperty(a => a.Email, address).SetProperty(a => a.NormalizedEmail, key).SetProperty(a => a.EmailConfirmed, true), ct);
            }
            catch (DbException e) when (DatabaseFailures.IsDuplicate(new DbUpdateException("", e)))
            {
                // Registered in this very moment; PostgreSQL has then ended the transaction, and the code is not spent.
                return new Error(ErrorCodes.EmailTaken, "There is an account with this email address.");
            }

            logger.CredentialChanged(accountId, "email", client.Address);
            return Nothing.Value;
        }
    }
}
