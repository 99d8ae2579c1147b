using System.Text.Json.Serialization;
using ChatMonolith.Auth.Notices;
using ChatMonolith.Auth.Passwords;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.Sessions;

/// <summary>What login and refresh answer.</summary>
/// <param name="AccessToken">For <c>Authorization: Bearer</c>.</param>
/// <param name="RefreshToken">Left out where cookies carry it.</param>
/// <param name="TokenType">Always <c>Bearer</c>.</param>
/// <param name="ExpiresIn">Seconds that the access token lives.</param>
/// <param name="User">The account, as its owner sees it.</param>
internal sealed record SessionTokens(
    string AccessToken,
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? RefreshToken,
    string TokenType,
    int ExpiresIn,
    UserView User);

/// <summary>Begins a session after its credentials were found right.</summary>
internal sealed class SessionStart(
    AuthDb db,
    LiveSessions live,
    SessionEnding ending,
    AccessTokens accessTokens,
    KnownDevices devices,
    IMailOutbox outbox,
    IAuditLog audit,
    IOptions<AuthOptions> options,
    TimeProvider time,
    ILogger<SessionStart> logger)
{
    /// <param name="account">As it was when its credentials were checked.</param>
    /// <param name="accepted">What came of that.</param>
    /// <param name="proof">By what.</param>
    /// <param name="client">Where from.</param>
    /// <param name="ct">Cancels before the commit.</param>
    /// <param name="within">Spends what else is due in the same transaction, such as a second factor; its error is the answer.</param>
    /// <returns><c>invalid_credentials</c> when the credentials were changed while they were checked.</returns>
    public async Task<Result<SessionTokens>> Begin(
        Account account, PasswordAccepted accepted, Proof proof, ClientInfo client, CancellationToken ct, Func<CancellationToken, Task<Error?>>? within = null)
    {
        if (options.Value.EmailVerificationRequired && outbox.Works && account is { Email: not null, EmailConfirmed: false })
        {
            return new Error(ErrorCodes.EmailNotVerified, "Confirm your email address first: enter the code that was sent there, or ask for another.");
        }

        var now = time.Now();
        var session = new Session
        {
            Id = Guid.CreateVersion7(),
            AccountId = account.Id,
            CreatedAt = now,
            LastUsedAt = now,
            ExpiresAt = now + (long)options.Value.AbsoluteLimit.TotalMilliseconds,
            UserAgent = client.UserAgent,
            Ip = client.Address,
            Proof = proof,
            FreshAt = now,
        };
        var refreshToken = Secrets.NewToken();
        List<Guid> surplus;
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            if (!await TakeAccount(account, accepted, client.Language, now, ct))
            {
                return new Error(ErrorCodes.InvalidCredentials, "The login or the password is not right.");
            }

            if (within is not null && await within(ct) is { } refusal)
            {
                // What the refusal counted stays counted.
                await transaction.CommitAsync(ct);
                return refusal;
            }

            await devices.See(account, client, now, ct);
            surplus = await Surplus(account.Id, ct);
            await ending.Mark(surplus);
            db.Sessions.Add(session);
            db.RefreshTokens.Add(new RefreshToken { Hash = Secrets.Hash(refreshToken), SessionId = session.Id, IssuedAt = now });
            await db.SaveChangesAsync(ct);
            await audit.Append(
                db, new AuditEvent("login", account.Id, "user", account.Id, client.Address, session.Id, Details: AuditEvent.Of(("by", NameOf(proof)), ("device", client.UserAgent))), ct);
            await transaction.CommitAsync(ct);
        }

        live.Add(session, account);
        await ending.Announce(account.Id, surplus, "more sessions than one account may have");
        logger.LoggedIn(account.Id, session.Id, client.Address);
        return new SessionTokens(accessTokens.Issue(account.Id, session.Id), refreshToken, "Bearer", accessTokens.LifetimeSeconds, account.ToOwnView());
    }

    private static string NameOf(Proof proof) =>
        proof.HasFlag(Proof.Passkey) ? "passkey" : proof.HasFlag(Proof.SecondFactor) ? "password and second factor" : "password";

    /// <summary>
    /// Takes the account's row, so that a change of its password either came first (its stamp is another: no session) or comes after
    /// (and ends this session with the others).
    /// </summary>
    private async Task<bool> TakeAccount(Account account, PasswordAccepted accepted, string language, long now, CancellationToken ct)
    {
        var same = db.Accounts.Where(a => a.Id == account.Id && a.SecurityStamp == account.SecurityStamp && a.IsActive);
        return accepted.RenewedHash is { } hash
            ? await same.ExecuteUpdateAsync(set => set.SetProperty(a => a.LastLoginAt, now).SetProperty(a => a.Language, a => language == "" ? a.Language : language).SetProperty(a => a.PasswordHash, hash), ct) == 1
            : await same.ExecuteUpdateAsync(set => set.SetProperty(a => a.LastLoginAt, now).SetProperty(a => a.Language, a => language == "" ? a.Language : language), ct) == 1;
    }

    private async Task<List<Guid>> Surplus(Guid accountId, CancellationToken ct)
    {
        var sessions = await db.Sessions.AsNoTracking().Where(s => s.AccountId == accountId && s.EndedAt == null && s.Kind == SessionKind.Login).Select(s => new { s.Id, s.LastUsedAt }).ToListAsync(ct);
        return sessions.OrderByDescending(s => live.Peek(s.Id)?.LastUsedAt ?? s.LastUsedAt).Skip(options.Value.SessionsPerAccount - 1).Select(s => s.Id).ToList();
    }
}
