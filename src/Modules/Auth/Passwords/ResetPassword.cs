using ChatMonolith.Auth.Notices;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.Passwords;

/// <summary>
/// Sets a forgotten password anew with the token that was mailed. It opens no session and skips no second factor; and since the mailbox
/// has proven itself here, a code by mail proves nothing more until another factor was shown (ASVS 5.0, 6.4.3).
/// </summary>
internal static class ResetPassword
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/auth/password/reset", async (Body body, ClientInfo client, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(body.Token, body.NewPassword, client), ct)).ToNoContent())
            .AllowAnonymous().WithTags("Auth").WithSummary("Set a forgotten password anew")
            .WithDescription("`token` is what stands after `#` in the link that was mailed: once, 30 minutes, the newest only, and void after a change of address (`invalid_credentials`). All sessions and tokens end; logging in asks for the second factor as before.")
            .Produces(204).ProducesProblem(400).ProducesProblem(401).ProducesProblem(429);

    public sealed record Body(string? Token, string? NewPassword);

    public sealed record Command(string? Token, string? NewPassword, ClientInfo Client) : IRequest<Result<Nothing>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Token).NotEmpty().MaximumLength(100).WithMessage("The token is what stands after # in the link.");
            RuleFor(c => c.NewPassword).Custom((password, context) =>
            {
                if (PasswordRules.Objection(password ?? "", username: null, email: null) is { } objection)
                {
                    context.AddFailure(objection);
                }
            });
        }
    }

    internal sealed class Handler(AuthDb db, PasswordHashing hashing, SessionEnding ending, AccountNotices notices, TimeProvider time, ILogger<Handler> logger)
        : IRequestHandler<Command, Result<Nothing>>
    {
        private static readonly Error Wrong = new(ErrorCodes.InvalidCredentials, "This link was used, is too old, or a newer one was sent. Ask for another.");

        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            var hash = Secrets.Hash(request.Token!);
            var now = time.Now();

            // Before hashing, which is costly, and once more when it is spent.
            var reset = await db.Resets.AsNoTracking().SingleOrDefaultAsync(r => r.Hash == hash && r.ExpiresAt > now, cancellationToken);
            if (reset is null || await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.Id == reset.AccountId && a.IsActive, cancellationToken) is not { } account)
            {
                return Wrong;
            }

            if (PasswordRules.Objection(request.NewPassword!, account.UserName, account.Email) is { } objection)
            {
                return Error.Validation("newPassword", objection);
            }

            var entered = await hashing.Enter(cancellationToken);
            if (!entered.IsOk)
            {
                return entered.Error;
            }

            string passwordHash;
            using (var place = entered.Value)
            {
                passwordHash = place.Hash(account, request.NewPassword!);
            }

            return await Store(account.Id, hash, passwordHash, request.Client, cancellationToken);
        }

        private async Task<Result<Nothing>> Store(Guid accountId, byte[] token, string passwordHash, ClientInfo client, CancellationToken ct)
        {
            List<Guid> sessions;
            await using (var transaction = await db.Database.BeginTransactionAsync(ct))
            {
                var now = time.Now();
                if (await db.TakeAccount(accountId, ct) is not { } account || await db.Resets.Where(r => r.Hash == token && r.ExpiresAt > now).ExecuteDeleteAsync(ct) == 0)
                {
                    return Wrong;
                }

                var stamp = Secrets.NewToken();
                await db.Accounts.Where(a => a.Id == accountId).ExecuteUpdateAsync(
                    set => set.SetProperty(a => a.PasswordHash, passwordHash).SetProperty(a => a.SecurityStamp, stamp).SetProperty(a => a.EmailConfirmed, true).SetProperty(a => a.EmailCodeBlocked, true), ct);
                await db.Codes.Where(c => c.AccountId == accountId).ExecuteDeleteAsync(ct);
                await notices.Changed(db, account, "password.reset", client, ct);
                sessions = await db.Sessions.AsNoTracking().Where(s => s.AccountId == accountId && s.EndedAt == null).Select(s => s.Id).ToListAsync(ct);
                await ending.Mark(sessions);
                try
                {
                    await transaction.CommitAsync(CancellationToken.None);
                }
                catch
                {
                    // It may have been committed all the same: the sessions end in either case.
                    await ending.Announce(accountId, sessions, "the password may have been reset");
                    throw;
                }
            }

            logger.PasswordChanged(accountId, client.Address);
            await ending.Announce(accountId, sessions, "the password was reset");
            return Nothing.Value;
        }
    }
}
