using System.Text.Json.Serialization;
using ChatMonolith.Auth.Passwords;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
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
    IOptions<AuthOptions> options,
    TimeProvider time,
    ILogger<SessionStart> logger)
{
    /// <returns><c>invalid_credentials</c> when the credentials were changed while they were checked.</returns>
    public async Task<Result<SessionTokens>> Begin(Account account, PasswordAccepted accepted, ClientInfo client, CancellationToken ct)
    {
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
        };
        var refreshToken = Secrets.NewToken();
        List<Guid> surplus;
        await using (var transaction = await db.Database.BeginTransactionAsync(ct))
        {
            if (!await TakeAccount(account, accepted, now, ct))
            {
                return new Error(ErrorCodes.InvalidCredentials, "The login or the password is not right.");
            }

            surplus = await Surplus(account.Id, ct);
            await ending.Mark(surplus);
            db.Sessions.Add(session);
            db.RefreshTokens.Add(new RefreshToken { Hash = Secrets.Hash(refreshToken), SessionId = session.Id, IssuedAt = now });
            await db.SaveChangesAsync(ct);
            await transaction.CommitAsync(ct);
        }

        live.Add(session, account);
        await ending.Announce(account.Id, surplus, "more sessions than one account may have");
        logger.LoggedIn(account.Id, session.Id, client.Address);
        return new SessionTokens(accessTokens.Issue(account.Id, session.Id), refreshToken, "Bearer", accessTokens.LifetimeSeconds, account.ToOwnView());
    }

    /// <summary>
    /// Takes the account's row, so that a change of its password either came first (its stamp is another: no session) or comes after
    /// (and ends this session with the others).
    /// </summary>
    private async Task<bool> TakeAccount(Account account, PasswordAccepted accepted, long now, CancellationToken ct)
    {
        var same = db.Accounts.Where(a => a.Id == account.Id && a.SecurityStamp == account.SecurityStamp && a.IsActive);
        return accepted.RenewedHash is { } hash
            ? await same.ExecuteUpdateAsync(set => set.SetProperty(a => a.LastLoginAt, now).SetProperty(a => a.PasswordHash, hash), ct) == 1
            : await same.ExecuteUpdateAsync(set => set.SetProperty(a => a.LastLoginAt, now), ct) == 1;
    }

    private async Task<List<Guid>> Surplus(Guid accountId, CancellationToken ct)
    {
        var sessions = await db.Sessions.AsNoTracking().Where(s => s.AccountId == accountId && s.EndedAt == null).Select(s => new { s.Id, s.LastUsedAt }).ToListAsync(ct);
        return sessions.OrderByDescending(s => live.Peek(s.Id)?.LastUsedAt ?? s.LastUsedAt).Skip(options.Value.SessionsPerAccount - 1).Select(s => s.Id).ToList();
    }
}
