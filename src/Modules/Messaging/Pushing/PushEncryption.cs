using System.Security.Cryptography;

namespace ChatMonolith.Messaging.Pushing;

/// <summary>
/// Message encryption for Web Push (RFC 8291): only the browser that subscribed can read it, not the push service between. Points are
/// 65 bytes, uncompressed, on P-256.
/// </summary>
internal static class PushEncryption
{
    public const int PointBytes = 65;
    public const int SecretBytes = 16;
    private const int CoordinateBytes = 32;
    private const byte Uncompressed = 0x04;

    public static byte[] Encrypt(ReadOnlySpan<byte> plain, byte[] browserKey, byte[] browserSecret)
    {
        using var ours = ECDiffieHellman.Create(ECCurve.NamedCurves.nistP256);
        return Encrypt(plain, browserKey, browserSecret, ours, RandomNumberGenerator.GetBytes(EncryptedContent.SaltBytes));
    }

    internal static byte[] Encrypt(ReadOnlySpan<byte> plain, byte[] browserKey, byte[] browserSecret, ECDiffieHellman ours, byte[] salt)
    {
        using var theirs = ECDiffieHellman.Create(Point(browserKey));
        var shared = ours.DeriveRawSecretAgreement(theirs.PublicKey);
        var ourKey = Bytes(ours.ExportParameters(includePrivateParameters: false).Q);
        byte[] info = [.. "WebPush: info\0"u8, .. browserKey, .. ourKey];
        var keyMaterial = HKDF.DeriveKey(HashAlgorithmName.SHA256, shared, 32, browserSecret, info);
        return EncryptedContent.Encrypt(plain, keyMaterial, salt, ourKey);
    }

    public static byte[] Bytes(ECPoint point) => [Uncompressed, .. point.X!, .. point.Y!];

    public static ECParameters Point(byte[] bytes) => new()
    {
        Curve = ECCurve.NamedCurves.nistP256,
        Q = new ECPoint { X = bytes[1..(1 + CoordinateBytes)], Y = bytes[(1 + CoordinateBytes)..] },
    };

    /// <summary>Whether it is a point of the curve; one that is not could be used to learn about our key (RFC 8291, 7).</summary>
    public static bool IsPoint(byte[] bytes)
    {
        if (bytes.Length != PointBytes || bytes[0] != Uncompressed)
        {
            return false;
        }

        try
        {
            using var key = ECDiffieHellman.Create(Point(bytes));
            return true;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }
}
