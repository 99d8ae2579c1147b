using System.Security.Cryptography;
using System.Text;
using ChatMonolith.BuildingBlocks.Security;

namespace ChatMonolith.Hooks.Data;

/// <summary>
/// What deliveries are signed with. The server has to have the secret itself to sign, so it is kept encrypted (AES-256-GCM), bound to its hook.
/// </summary>
internal sealed class HookSecrets(ServerKeys keys)
{
    private const int TagBytes = 16;
    private const int NonceBytes = 12;
    private readonly byte[] key = keys.Derive("hooks/secret");

    public byte[] Close(Guid hookId, string secret)
    {
        var plain = Encoding.ASCII.GetBytes(secret);
        var result = new byte[NonceBytes + TagBytes + plain.Length];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(result.AsSpan(0, NonceBytes), plain, result.AsSpan(NonceBytes + TagBytes), result.AsSpan(NonceBytes, TagBytes), hookId.ToByteArray(bigEndian: true));
        return result;
    }

    /// <summary><c>v1=</c> and the HMAC-SHA-256 in hex of the time in seconds, a dot, and the body.</summary>
    /// <exception cref="CryptographicException">The server's secret is another than when it was stored.</exception>
    public string Sign(HookRow hook, string timestamp, ReadOnlySpan<byte> body)
    {
        var closed = hook.Sealed.AsSpan();
        var secret = new byte[closed.Length - NonceBytes - TagBytes];
        using var aes = new AesGcm(key, TagBytes);
        aes.Decrypt(closed[..NonceBytes], closed[(NonceBytes + TagBytes)..], closed.Slice(NonceBytes, TagBytes), secret, hook.Id.ToByteArray(bigEndian: true));
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        mac.AppendData(Encoding.ASCII.GetBytes(timestamp + "."));
        mac.AppendData(body);
        return "v1=" + Convert.ToHexStringLower(mac.GetHashAndReset());
    }
}
