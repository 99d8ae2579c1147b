using System.Security.Cryptography;
using System.Text;

namespace ChatMonolith.FileFormat;

/// <summary>HKDF-SHA-256 (RFC 5869) and PBKDF2-HMAC-SHA-256 (RFC 8018), both with 32 bytes of output.</summary>
internal static class Kdf
{
    public static byte[] Hkdf(ReadOnlySpan<byte> ikm, ReadOnlySpan<byte> salt, ReadOnlySpan<byte> info)
    {
        var key = new byte[Layout.KeyLength];
        HKDF.DeriveKey(HashAlgorithmName.SHA256, ikm, key, salt, info);
        return key;
    }

    /// <param name="text">Taken in its NFC form, in UTF-8.</param>
    /// <param name="salt">32 bytes.</param>
    /// <param name="iterations">Checked by the caller.</param>
    public static byte[] Pbkdf2(string text, ReadOnlySpan<byte> salt, int iterations)
    {
        var password = Encoding.UTF8.GetBytes(Nfc.Normalize(text));
        try
        {
            return Rfc2898DeriveBytes.Pbkdf2(password, salt, iterations, HashAlgorithmName.SHA256, Layout.KeyLength);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(password);
        }
    }
}

/// <summary>How often PBKDF2 goes round.</summary>
public static class Iterations
{
    /// <summary>What is written (OWASP's figure for PBKDF2-HMAC-SHA-256, 2023).</summary>
    public const int Written = 600_000;

    /// <summary>A reader refuses fewer: somebody made guessing cheap.</summary>
    public const int Min = 100_000;

    /// <summary>A reader refuses more: somebody wants its time.</summary>
    public const int Max = 2_000_000;

    internal static int Checked(uint iterations) => iterations is >= Min and <= Max ? (int)iterations : throw new DamagedFileException();
}
