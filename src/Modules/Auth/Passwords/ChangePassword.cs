using ChatMonolith.Auth.Notices;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Security;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.Passwords;

/// <summary>Changes the caller's password and ends their other sessions, with their sockets, before it answers.</summary>
internal static class ChangePassword
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/auth/password/change", async (Body body, Caller caller, ClientInfo client, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(body.CurrentPassword, body.NewPassword, caller, client), ct)).ToNoContent())
            .WithTags("Auth").WithSummary("Change the password; the other sessions end")
            .Produces(204).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(429);

    public sealed record Body(string? CurrentPassword, string? NewPassword);

    public sealed record Command(string? CurrentPassword, string? NewPassword, Caller Caller, ClientInfo Client) : IRequest<Result<Nothing>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.CurrentPassword).PasswordThatMayBeWrong();
            RuleFor(c => c.NewPassword).Custom((password, context) =>
            {
                if (PasswordRules.Objection(password ?? "", username: null, email: null) is { } objection)
                {
                    context.AddFailure(objection);
                }
            });
        }
    }

    internal sealed class Handler(AuthDb db, CredentialCheck credentials, PasswordHashing hashing, SessionEnding ending, AccountNotices notices, ILogger<Handler> logger) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            var account = await db.Accounts.AsNoTracking().SingleAsync(a => a.Id == request.Caller.UserId, cancellationToken);
            if (PasswordRules.Objection(request.NewPassword!, account.UserName, account.Email) is { } objection)
            {
                return Error.Validation("newPassword", objection);
            }

            var accepted = await credentials.Verify(account, account.Id.ToString(), request.CurrentPassword!, request.Client, cancellationToken);
            if (!accepted.IsOk)
            {
                return accepted.Error;
            }

            var entered = await hashing.Enter(cancellationToken);
            if (!entered.IsOk)
            {
                return entered.Error;
            }

            string hash;
            using (var place = entered.Value)
            {
                hash = place.Hash(account, request.NewPassword!);
            }

            return await Store(account, hash, request, cancellationToken);
        }

        private async Task<Result<Nothing>> Store(Account account, string hash, Command request, CancellationToken ct)
        {
            var stamp = Secrets.NewToken();
            List<Guid> others;
            await using (var transaction = await db.Database.BeginTransactionAsync(ct))
            {
                // The account's row first: a login that checked the old password waits here, or its session is among the others below.
                var changed = await db.Accounts.Where(a => a.Id == account.Id && a.SecurityStamp == account.SecurityStamp)
                    .ExecuteUpdateAsync(set => set.SetProperty(a => a.PasswordHash, hash).SetProperty(a => a.SecurityStamp, stamp), ct);
                if (changed == 0)
                {
                    return new Error(ErrorCodes.InvalidCredentials, "The password was changed by another request just now.");
                }

                // Hashing took a while: a session that was ended meanwhile must not have the last word.
                if (!await db.Sessions.AnyAsync(s => s.Id == request.Caller.SessionId && s.EndedAt == null, ct))
                {
                    return Error.Unauthenticated("This session was ended. Log in again.");
                }

                others = await db.Sessions.AsNoTracking()
                    .Where(s => s.AccountId == account.Id && s.Id != request.Caller.SessionId && s.EndedAt == null)
                    .Select(s => s.Id).ToListAsync(ct);
                await ending.Mark(others);
                await db.Resets.Where(r => r.AccountId == account.Id).ExecuteDeleteAsync(ct);
                await notices.Changed(db, account, "password.changed", request.Client, ct);
                try
                {
                    await transaction.CommitAsync(CancellationToken.None);
                }
                catch
                {
                    // It may have been committed all the same: the other sessions end in either case.
                    await ending.Announce(account.Id, others, "the password may have been changed");
                    throw;
                }
            }

            logger.PasswordChanged(account.Id, request.Client.Address);
            await ending.Announce(account.Id, others, "the password was changed");
            return Nothing.Value;
        }
    }
}
