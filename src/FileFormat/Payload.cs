using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ChatMonolith.FileFormat;

/// <summary>
/// The chunks of one file (the STREAM construction: Hoang, Reyhanitabar, Rogaway, Vizár, 2015/189). The nonce is the chunk's number and
/// whether it is the last, so chunks can be neither moved nor dropped, and a file can be neither cut nor continued.
/// </summary>
internal sealed class Payload(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> salt) : IDisposable
{
    private readonly AesGcm aes = CipherOf(fileKey, salt);

    /// <param name="index">The chunk's number, from 0.</param>
    /// <param name="isLast">Whether no other follows.</param>
    /// <param name="plain">At most 65,536 bytes.</param>
    /// <param name="target">16 bytes more.</param>
    public void Seal(long index, bool isLast, ReadOnlySpan<byte> plain, Span<byte> target)
    {
        Span<byte> nonce = stackalloc byte[Layout.NonceLength];
        Number(nonce, index, isLast);
        aes.Encrypt(nonce, plain, target[..plain.Length], target.Slice(plain.Length, Layout.TagLength), Layout.Common);
    }

    /// <exception cref="DamagedFileException">The tag is not this chunk's.</exception>
    public void Open(long index, bool isLast, ReadOnlySpan<byte> sealedChunk, Span<byte> target)
    {
        Span<byte> nonce = stackalloc byte[Layout.NonceLength];
        Number(nonce, index, isLast);
        var plain = sealedChunk.Length - Layout.TagLength;
        try
        {
            aes.Decrypt(nonce, sealedChunk[..plain], sealedChunk[plain..], target[..plain], Layout.Common);
        }
        catch (AuthenticationTagMismatchException)
        {
            throw new DamagedFileException();
        }
    }

    public void Dispose() => aes.Dispose();

    private static AesGcm CipherOf(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> salt)
    {
        var key = Kdf.Hkdf(fileKey, salt, Layout.PayloadLabel);
        try
        {
            return new AesGcm(key, Layout.TagLength);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static void Number(Span<byte> nonce, long index, bool isLast)
    {
        nonce[..3].Clear();
        BinaryPrimitives.WriteInt64BigEndian(nonce[3..], index);
        nonce[^1] = isLast ? (byte)1 : (byte)0;
    }
}
