using System.Security.Cryptography;

namespace ChatMonolith.BuildingBlocks.Security;

/// <summary>
/// What the server has to have itself and a copy of the database must not show: AES-256-GCM under a key of the server's for one purpose,
/// each bound to the row that it stands in. Sealed by the newest generation of the server's secret, opened by whichever it was sealed with.
/// </summary>
public sealed class SealedBytes(ServerKeys keys, string purpose)
{
    private const int TagBytes = 16;
    private const int NonceBytes = 12;
    private readonly IReadOnlyList<byte[]> generations = keys.Generations(purpose);

    public byte[] Close(Guid id, ReadOnlySpan<byte> plain) => Close(generations[0], plain, id.ToByteArray(bigEndian: true));

    /// <returns>Null when it was sealed by another server's secret, or changed.</returns>
    public byte[]? Open(Guid id, ReadOnlySpan<byte> closed)
    {
        var bound = id.ToByteArray(bigEndian: true);
        foreach (var key in generations)
        {
            if (Open(key, closed, bound) is { } plain)
            {
                return plain;
            }
        }

        return null;
    }

    /// <summary>AES-256-GCM (NIST SP 800-38D): a random nonce of 12 bytes, the tag of 16, what was sealed.</summary>
    /// <param name="key">32 bytes.</param>
    /// <param name="plain">What is sealed.</param>
    /// <param name="bound">What must be the same at the opening.</param>
    internal static byte[] Close(byte[] key, ReadOnlySpan<byte> plain, ReadOnlySpan<byte> bound)
    {
        var result = new byte[NonceBytes + TagBytes + plain.Length];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(result.AsSpan(0, NonceBytes), plain, result.AsSpan(NonceBytes + TagBytes), result.AsSpan(NonceBytes, TagBytes), bound);
        return result;
    }

    /// <returns>Null when it was sealed under another key, bound to something else, or changed.</returns>
    internal static byte[]? Open(byte[] key, ReadOnlySpan<byte> closed, ReadOnlySpan<byte> bound)
    {
        if (closed.Length < NonceBytes + TagBytes)
        {
            return null;
        }

        var plain = new byte[closed.Length - NonceBytes - TagBytes];
        try
        {
            using var aes = new AesGcm(key, TagBytes);
            aes.Decrypt(closed[..NonceBytes], closed[(NonceBytes + TagBytes)..], closed.Slice(NonceBytes, TagBytes), plain, bound);
            return plain;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
    }
}
