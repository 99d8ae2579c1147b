using ChatMonolith.Auth.Accounts;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.Contracts.Admin;
using MediatR;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Passwords;

/// <summary>
/// Sets a password without knowing the old one, and ends all of the account's sessions. For the operator at the data folder only:
/// no route leads here, and an admin never learns or sets a password.
/// </summary>
internal static class SetPassword
{
    /// <param name="Login">Username or email.</param>
    /// <param name="NewPassword">Null: the server makes one.</param>
    public sealed record Command(string Login, string? NewPassword) : IRequest<Result<Done>>;

    /// <param name="Username">Whose password it is.</param>
    /// <param name="Generated">The password that was made; null when it was given.</param>
    /// <param name="SessionsEnded">How many.</param>
    public sealed record Done(string Username, string? Generated, int SessionsEnded);

    internal sealed class Handler(AuthDb db, PasswordHashing hashing, SessionEnding ending, IAuditLog audit) : IRequestHandler<Command, Result<Done>>
    {
        public async Task<Result<Done>> Handle(Command request, CancellationToken cancellationToken)
        {
            var username = AccountRules.FoldUsername(request.Login);
            var email = Account.EmailKey(request.Login);
            var account = await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.UserName == username || a.NormalizedEmail == email, cancellationToken);
            if (account is null)
            {
                return new Error(ErrorCodes.NotFound, $"There is no account with the username or email '{SecurityLog.Clean(request.Login)}'.");
            }

            var password = request.NewPassword ?? AccountRules.NewPassword();
            if (PasswordRules.Objection(password, account.UserName, account.Email) is { } objection)
            {
                return Error.Validation("newPassword", objection);
            }

            var entered = await hashing.Enter(cancellationToken);
            if (!entered.IsOk)
            {
                return entered.Error;
            }

            string hash;
            using (var place = entered.Value)
            {
                hash = place.Hash(account, password);
            }

            var ended = await Store(account.Id, hash, cancellationToken);
            return new Done(account.UserName!, request.NewPassword is null ? password : null, ended);
        }

        private async Task<int> Store(Guid accountId, string hash, CancellationToken ct)
        {
            var stamp = Secrets.NewToken();
            List<Guid> sessions;
            await using (var transaction = await db.Database.BeginTransactionAsync(ct))
            {
                await db.Accounts.Where(a => a.Id == accountId)
                    .ExecuteUpdateAsync(set => set.SetProperty(a => a.PasswordHash, hash).SetProperty(a => a.SecurityStamp, stamp), ct);
                await db.Resets.Where(r => r.AccountId == accountId).ExecuteDeleteAsync(ct);
                sessions = await db.Sessions.AsNoTracking().Where(s => s.AccountId == accountId && s.EndedAt == null).Select(s => s.Id).ToListAsync(ct);
                await ending.Mark(sessions);
                await audit.Append(db, new AuditEvent("password.set-by-operator", ActorId: null, "user", accountId), ct);
                await transaction.CommitAsync(CancellationToken.None);
            }

            await ending.Announce(accountId, sessions, "the operator set a password");
            return sessions.Count;
        }
    }
}
