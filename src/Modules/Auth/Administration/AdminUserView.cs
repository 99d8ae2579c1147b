using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Administration;

/// <summary>A person as admins see them: never a secret, and nothing that one is made of.</summary>
/// <param name="Id">The account.</param>
/// <param name="Username">In lower case.</param>
/// <param name="DisplayName">At most 80 characters.</param>
/// <param name="Bio">At most 500 characters.</param>
/// <param name="AvatarUrl">Null without a picture.</param>
/// <param name="KeyFingerprint">Of the key for encrypted files; null without one.</param>
/// <param name="Email">Null without one.</param>
/// <param name="EmailVerified">Whether its owner has confirmed it.</param>
/// <param name="IsAdmin">As <paramref name="Role"/> says.</param>
/// <param name="Role">On the server.</param>
/// <param name="IsBot">The account of a program.</param>
/// <param name="IsActive">False for deactivated and deleted ones.</param>
/// <param name="CreatedAt">When it was made.</param>
/// <param name="LastLoginAt">Null for who never logged in.</param>
/// <param name="DeletedAt">Null while it is not deleted.</param>
/// <param name="SecondFactor">Whether an authenticator app or a passkey is set up.</param>
/// <param name="Sessions">Sessions and tokens that live.</param>
internal sealed record AdminUserView(
    Guid Id,
    string Username,
    string DisplayName,
    string Bio,
    string? AvatarUrl,
    string? KeyFingerprint,
    string? Email,
    bool EmailVerified,
    bool IsAdmin,
    ServerRole Role,
    bool IsBot,
    bool IsActive,
    Instant CreatedAt,
    Instant? LastLoginAt,
    Instant? DeletedAt,
    bool SecondFactor,
    int Sessions)
{
    /// <summary>At most a page of them.</summary>
    public static async Task<IReadOnlyList<AdminUserView>> Of(AuthDb db, IReadOnlyList<Account> accounts, CancellationToken ct)
    {
        var ids = accounts.Select(a => a.Id).ToArray();
        var sessions = await db.Sessions.AsNoTracking().Where(s => ids.Contains(s.AccountId) && s.EndedAt == null).GroupBy(s => s.AccountId)
            .Select(g => new { g.Key, Count = g.Count() }).ToDictionaryAsync(g => g.Key, g => g.Count, ct);
        var factors = await db.Totp.AsNoTracking().Where(t => ids.Contains(t.AccountId) && t.ConfirmedAt != null).Select(t => t.AccountId)
            .Union(db.Passkeys.AsNoTracking().Where(p => ids.Contains(p.AccountId)).Select(p => p.AccountId)).ToHashSetAsync(ct);
        return [.. accounts.Select(a => Of(a.ToOwnView(), a, factors.Contains(a.Id), sessions.GetValueOrDefault(a.Id)))];
    }

    private static AdminUserView Of(UserView seen, Account account, bool secondFactor, int sessions) => new(
        seen.Id, seen.Username, seen.DisplayName, seen.Bio, seen.AvatarUrl, seen.KeyFingerprint, account.Email, account.EmailConfirmed, seen.IsAdmin, seen.Role, seen.IsBot, seen.IsActive, seen.CreatedAt,
        Instant.From(account.LastLoginAt), Instant.From(account.DeletedAt), secondFactor, sessions);
}
