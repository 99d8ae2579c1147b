using ChatMonolith.Auth.Persistence;
using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Passkeys;

/// <summary>
/// What Identity's passkey handler asks of a user store, and nothing else: it reads accounts and credentials. Writing is done by the
/// slices, in their own transactions.
/// </summary>
internal sealed class PasskeyStore(AuthDb db) : IUserPasskeyStore<Account>
{
    public Task<string> GetUserIdAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.Id.ToString());

    public Task<string?> GetUserNameAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.UserName);

    public Task<string?> GetNormalizedUserNameAsync(Account user, CancellationToken cancellationToken) => Task.FromResult(user.UserName);

    public async Task<Account?> FindByIdAsync(string userId, CancellationToken cancellationToken) =>
        Guid.TryParseExact(userId, "D", out var id) ? await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.Id == id && a.IsActive, cancellationToken) : null;

    public async Task<IList<UserPasskeyInfo>> GetPasskeysAsync(Account user, CancellationToken cancellationToken) =>
        [.. (await db.Passkeys.AsNoTracking().Where(p => p.AccountId == user.Id).ToListAsync(cancellationToken)).Select(ToInfo)];

    public async Task<Account?> FindByPasskeyIdAsync(byte[] credentialId, CancellationToken cancellationToken) =>
        await (from p in db.Passkeys join a in db.Accounts on p.AccountId equals a.Id where p.CredentialId == credentialId select a).AsNoTracking().SingleOrDefaultAsync(cancellationToken);

    public async Task<UserPasskeyInfo?> FindPasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken) =>
        await db.Passkeys.AsNoTracking().SingleOrDefaultAsync(p => p.AccountId == user.Id && p.CredentialId == credentialId, cancellationToken) is { } row ? ToInfo(row) : null;

    public Task AddOrUpdatePasskeyAsync(Account user, UserPasskeyInfo passkey, CancellationToken cancellationToken) => throw Elsewhere();

    public Task RemovePasskeyAsync(Account user, byte[] credentialId, CancellationToken cancellationToken) => throw Elsewhere();

    public Task SetUserNameAsync(Account user, string? userName, CancellationToken cancellationToken) => throw Elsewhere();

    public Task SetNormalizedUserNameAsync(Account user, string? normalizedName, CancellationToken cancellationToken) => throw Elsewhere();

    public Task<IdentityResult> CreateAsync(Account user, CancellationToken cancellationToken) => throw Elsewhere();

    public Task<IdentityResult> UpdateAsync(Account user, CancellationToken cancellationToken) => throw Elsewhere();

    public Task<IdentityResult> DeleteAsync(Account user, CancellationToken cancellationToken) => throw Elsewhere();

    public Task<Account?> FindByNameAsync(string normalizedUserName, CancellationToken cancellationToken) => throw Elsewhere();

    public void Dispose()
    {
        // The context is the scope's.
    }

    private static UserPasskeyInfo ToInfo(PasskeyRow row) => new(
        row.CredentialId,
        row.PublicKey,
        DateTimeOffset.FromUnixTimeMilliseconds(row.CreatedAt),
        (uint)row.SignCount,
        row.Transports.Split(',', StringSplitOptions.RemoveEmptyEntries),
        isUserVerified: true,
        row.IsBackupEligible,
        row.IsBackedUp,
        attestationObject: [],
        clientDataJson: []);

    private static NotSupportedException Elsewhere() => new("Accounts and passkeys are written by their slices.");
}
