using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Time;

namespace ChatMonolith.Auth.Keys;

/// <summary>A key of one's own. Binary members are base64.</summary>
internal sealed record OwnKeyView(string Fingerprint, string PublicKey, string WrappedKey, string RecoveryKey, Instant CreatedAt, Instant? RetiredAt)
{
    public static OwnKeyView Of(PersonKey key) =>
        new(key.Fingerprint, Convert.ToBase64String(key.PublicKey), Convert.ToBase64String(key.WrappedKey), Convert.ToBase64String(key.RecoveryKey), key.CreatedAt, key.RetiredAt is { } at ? (Instant)at : null);
}

/// <summary>Somebody's current key: what files for them are encrypted with.</summary>
/// <param name="UserId">Whose.</param>
/// <param name="Username">Whose.</param>
/// <param name="DisplayName">Whose.</param>
/// <param name="EmailVerified">Whether they have shown that the email is theirs. Where not, it is only what they said of themselves.</param>
/// <param name="PublicKey">SPKI, base64.</param>
/// <param name="Fingerprint">SHA-256 of the point, in hex: to be compared by another way.</param>
/// <param name="CreatedAt">Since when the server knows it.</param>
internal sealed record KeyView(Guid UserId, string Username, string DisplayName, bool EmailVerified, string PublicKey, string Fingerprint, Instant CreatedAt)
{
    public static KeyView Of(Account account, PersonKey key) =>
        new(account.Id, account.UserName!, account.DisplayName, account.EmailConfirmed, Convert.ToBase64String(key.PublicKey), key.Fingerprint, key.CreatedAt);
}
