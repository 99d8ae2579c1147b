using System.Security.Cryptography;
using ChatMonolith.BuildingBlocks.Security;

namespace ChatMonolith.Auth.SecondFactors;

/// <summary>Authenticator secrets as they are stored: AES-256-GCM under a key of the server's, bound to their account. A copy of the database is no second factor.</summary>
internal sealed class TotpSecrets(ServerKeys keys)
{
    private const int TagBytes = 16;
    private const int NonceBytes = 12;
    private readonly byte[] key = keys.Derive("auth/totp");

    public byte[] Close(Guid accountId, ReadOnlySpan<byte> secret)
    {
        var result = new byte[NonceBytes + TagBytes + secret.Length];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(result.AsSpan(0, NonceBytes), secret, result.AsSpan(NonceBytes + TagBytes), result.AsSpan(NonceBytes, TagBytes), accountId.ToByteArray(bigEndian: true));
        return result;
    }

    /// <returns>Null when the server's secret is another than when it was stored, or somebody changed it: then no code is right.</returns>
    public byte[]? Open(Guid accountId, ReadOnlySpan<byte> closed)
    {
        var secret = new byte[Math.Max(0, closed.Length - NonceBytes - TagBytes)];
        try
        {
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(closed[..NonceBytes], closed[(NonceBytes + TagBytes)..], closed.Slice(NonceBytes, TagBytes), secret, accountId.ToByteArray(bigEndian: true));
            return secret;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }
}
