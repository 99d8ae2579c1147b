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

    public byte[] Close(Guid id, ReadOnlySpan<byte> plain)
    {
        var result = new byte[NonceBytes + TagBytes + plain.Length];
        RandomNumberGenerator.Fill(result.AsSpan(0, NonceBytes));
        using var aes = new AesGcm(generations[0], TagBytes);
        aes.Encrypt(result.AsSpan(0, NonceBytes), plain, result.AsSpan(NonceBytes + TagBytes), result.AsSpan(NonceBytes, TagBytes), id.ToByteArray(bigEndian: true));
        return result;
    }

    /// <returns>Null when it was sealed by another server's secret, or changed.</returns>
    public byte[]? Open(Guid id, ReadOnlySpan<byte> closed)
    {
        if (closed.Length < NonceBytes + TagBytes)
        {
            return null;
        }

        var plain = new byte[closed.Length - NonceBytes - TagBytes];
        foreach (var key in generations)
        {
            try
            {
                using var aes = new AesGcm(key, TagBytes);
                aes.Decrypt(closed[..NonceBytes], closed[(NonceBytes + TagBytes)..], closed.Slice(NonceBytes, TagBytes), plain, id.ToByteArray(bigEndian: true));
                return plain;
            }
            catch (AuthenticationTagMismatchException)
            {
                // Of an earlier generation, or of nobody's.
            }
        }

        return null;
    }
}
