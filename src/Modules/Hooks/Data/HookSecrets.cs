using System.Security.Cryptography;
using System.Text;
using ChatMonolith.BuildingBlocks.Security;

namespace ChatMonolith.Hooks.Data;

/// <summary>What deliveries are signed with. The server has to have the secret itself to sign, so it is kept sealed, bound to its hook.</summary>
internal sealed class HookSecrets(ServerKeys keys)
{
    private readonly SealedBytes box = new(keys, "hooks/secret");

    public byte[] Close(Guid hookId, string secret) => box.Close(hookId, Encoding.ASCII.GetBytes(secret));

    /// <exception cref="CryptographicException">The server's secret is another than when it was stored.</exception>
    public byte[] Open(Guid hookId, byte[] sealedSecret) => box.Open(hookId, sealedSecret) ?? throw new CryptographicException("What this hook is signed with was sealed by another server's secret.");

    /// <summary><c>v1=</c> and the HMAC-SHA-256 in hex of the time in seconds, a dot, and the body.</summary>
    public static string Sign(byte[] secret, string timestamp, ReadOnlySpan<byte> body)
    {
        using var mac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, secret);
        mac.AppendData(Encoding.ASCII.GetBytes(timestamp + "."));
        mac.AppendData(body);
        return "v1=" + Convert.ToHexStringLower(mac.GetHashAndReset());
    }
}
