using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;

namespace ChatMonolith.BuildingBlocks.Security;

/// <summary>Makes and compares secrets. Tokens carry 256 bits and are stored as SHA-256 only.</summary>
public static class Secrets
{
    public const int TokenBytes = 32;

    /// <summary>A new random token of 256 bits in base64url (43 characters).</summary>
    public static string NewToken() => Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(TokenBytes));

    /// <summary>What is stored in place of a token. Plain SHA-256 suffices for 256 random bits; passwords are another matter.</summary>
    public static byte[] Hash(string token) => SHA256.HashData(Encoding.UTF8.GetBytes(token));

    public static bool AreEqual(ReadOnlySpan<byte> left, ReadOnlySpan<byte> right) => CryptographicOperations.FixedTimeEquals(left, right);
}
