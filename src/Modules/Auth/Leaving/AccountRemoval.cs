using ChatMonolith.Auth.Notices;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.Auth.Users;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Leaving;

/// <summary>Removes an account in the log's transaction, and ends its sessions before it returns.</summary>
internal sealed class AccountRemoval(
    IRoomLog log, IRoomAccess rooms, IEnumerable<IAccountDeletion> participants, AccountNotices notices, LiveSessions live, SessionEnding ending, Guests guests)
{
    private const string Nobody = "Deleted user";

    /// <param name="userId">Whose.</param>
    /// <param name="client">Who asks, for the notice.</param>
    /// <param name="origin">The session that asks.</param>
    /// <param name="refuse">Asked within the transaction; null lets it go on.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    /// <param name="by">The admin who does it; null where the owner does.</param>
    /// <returns><c>not_found</c> for one that is not there; an account that is deactivated is there for an admin alone.</returns>
    public Task<Result<Nothing>> Remove(
        Guid userId, ClientInfo client, CommitOrigin origin, Func<AuthDb, Account, CancellationToken, Task<Error?>> refuse, CancellationToken cancellationToken, Actor? by = null) =>
        Commit(
            userId,
            origin,
            async (tx, contacts, ct) =>
            {
                var db = tx.Use<AuthDb>();
                var account = await db.Accounts.SingleOrDefaultAsync(a => a.Id == userId && a.DeletedAt == null && (a.IsActive || by != null), ct);
                if (account is null)
                {
                    return Error.NotFound;
                }

                return await refuse(db, account, ct) is { } refusal ? refusal : await End(tx, account, contacts, client, by, ct);
            },
            cancellationToken);

    /// <summary>A program's account, active or not, in one commit with what it was for; where there is no such account any more that goes alone.</summary>
    /// <param name="botId">Whose.</param>
    /// <param name="client">Who asks.</param>
    /// <param name="origin">The session that asks.</param>
    /// <param name="with">Removes what it was for; an error removes nothing.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    public Task<Result<Nothing>> RemoveBot(Guid botId, ClientInfo client, CommitOrigin origin, Func<ILogTransaction, CancellationToken, Task<Error?>> with, CancellationToken cancellationToken) =>
        Commit(
            botId,
            origin,
            async (tx, contacts, ct) =>
            {
                if (await with(tx, ct) is { } refusal)
                {
                    return refusal;
                }

                var bot = await tx.Use<AuthDb>().Accounts.SingleOrDefaultAsync(a => a.Id == botId && a.IsBot && a.DeletedAt == null, ct);
                return bot is null ? [] : await End(tx, bot, contacts, client, by: null, ct);
            },
            cancellationToken);

    /// <param name="userId">Whose.</param>
    /// <param name="origin">The session that asks.</param>
    /// <param name="work">Answers with the sessions that it ended.</param>
    /// <param name="cancellationToken">Cancels before the commit.</param>
    private async Task<Result<Nothing>> Commit(
        Guid userId, CommitOrigin origin, Func<ILogTransaction, IReadOnlyCollection<Guid>, CancellationToken, Task<Result<List<Guid>>>> work, CancellationToken cancellationToken)
    {
        var contacts = await rooms.Contacts(userId, cancellationToken);
        var ended = await log.Commit<List<Guid>>((tx, ct) => work(tx, contacts, ct), origin, cancellationToken);
        if (!ended.IsOk)
        {
            return ended.Error;
        }

        await ending.Announce(userId, ended.Value, "the account was deleted");
        return Nothing.Value;
    }

    /// <returns>The sessions that end with it.</returns>
    private async Task<List<Guid>> End(ILogTransaction tx, Account account, IReadOnlyCollection<Guid> contacts, ClientInfo client, Actor? by, CancellationToken ct)
    {
        var (db, userId) = (tx.Use<AuthDb>(), account.Id);
        await notices.Changed(db, account, "account.deleted", client, ct, by);
        var sessions = await db.Sessions.Where(s => s.AccountId == userId && s.EndedAt == null).Select(s => s.Id).ToListAsync(ct);
        await Forget(db, account, tx.At, ct);
        foreach (var participant in participants)
        {
            await participant.Deleted(tx, userId, ct);
        }

        await tx.TellProfile(account, contacts, ct);
        tx.OnCommitted(() => live.MarkEnded(sessions));
        tx.OnCommitted(() => guests.Set(userId, ServerRole.Member));
        return sessions;
    }

    private static async Task Forget(AuthDb db, Account account, long now, CancellationToken ct)
    {
        var id = account.Id;
        account.UserName = "deleted-" + id.ToString("N")[^12..];
        account.DisplayName = Nobody;
        account.DisplayNameKey = Account.SearchKey(Nobody);
        account.Bio = "";
        account.Email = account.NormalizedEmail = account.PasswordHash = account.AvatarVersion = account.KeyFingerprint = null;
        account.EmailConfirmed = false;
        account.Language = "";
        account.SecurityStamp = Secrets.NewToken();
        account.Role = ServerRole.Member;
        account.IsActive = false;
        account.DeletedAt = now;
        await db.SaveChangesAsync(ct);
        await db.Keys.Where(k => k.AccountId == id).ExecuteDeleteAsync(ct);
        await db.Avatars.Where(a => a.AccountId == id).ExecuteDeleteAsync(ct);
        await db.Totp.Where(t => t.AccountId == id).ExecuteDeleteAsync(ct);
        await db.RecoveryCodes.Where(c => c.AccountId == id).ExecuteDeleteAsync(ct);
        await db.Passkeys.Where(p => p.AccountId == id).ExecuteDeleteAsync(ct);
        await db.Codes.Where(c => c.AccountId == id).ExecuteDeleteAsync(ct);
        await db.Resets.Where(r => r.AccountId == id).ExecuteDeleteAsync(ct);
        await db.Devices.Where(d => d.AccountId == id).ExecuteDeleteAsync(ct);
        await db.Invitations.Where(i => i.InvitedBy == id).ExecuteDeleteAsync(ct);
        await db.Exports.Where(e => e.AccountId == id).ExecuteDeleteAsync(ct);
        await db.Sessions.Where(s => s.AccountId == id).ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, s => s.EndedAt ?? now).SetProperty(s => s.UserAgent, "").SetProperty(s => s.Ip, ""), ct);
    }
}
