using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ChatMonolith.Messaging.Pushing;

/// <summary>The content coding <c>aes128gcm</c> (RFC 8188), in one record.</summary>
internal static class EncryptedContent
{
    public const int SaltBytes = 16;
    public const int MostPlain = RecordBytes - TagBytes - 1;
    private const int RecordBytes = 4096;
    private const int TagBytes = 16;
    private const int KeyBytes = 16;
    private const int NonceBytes = 12;
    private const byte LastRecord = 0x02;

    /// <param name="plain">At most <see cref="MostPlain"/> bytes.</param>
    /// <param name="keyMaterial">What both sides know.</param>
    /// <param name="salt">16 random bytes, new each time.</param>
    /// <param name="keyId">Told in the open.</param>
    public static byte[] Encrypt(ReadOnlySpan<byte> plain, byte[] keyMaterial, byte[] salt, ReadOnlySpan<byte> keyId)
    {
        if (plain.Length > MostPlain)
        {
            throw new ArgumentException("Too long for one record.", nameof(plain));
        }

        var key = HKDF.DeriveKey(HashAlgorithmName.SHA256, keyMaterial, KeyBytes, salt, "Content-Encoding: aes128gcm\0"u8.ToArray());

        // The nonce of the first record is the derived one, since its number is 0.
        var nonce = HKDF.DeriveKey(HashAlgorithmName.SHA256, keyMaterial, NonceBytes, salt, "Content-Encoding: nonce\0"u8.ToArray());
        var headerLength = SaltBytes + sizeof(uint) + 1 + keyId.Length;
        var body = new byte[headerLength + plain.Length + 1 + TagBytes];
        salt.CopyTo(body, 0);
        BinaryPrimitives.WriteUInt32BigEndian(body.AsSpan(SaltBytes), RecordBytes);
        body[SaltBytes + sizeof(uint)] = (byte)keyId.Length;
        keyId.CopyTo(body.AsSpan(SaltBytes + sizeof(uint) + 1));
        byte[] padded = [.. plain, LastRecord];
        using var aes = new AesGcm(key, TagBytes);
        aes.Encrypt(nonce, padded, body.AsSpan(headerLength, padded.Length), body.AsSpan(headerLength + padded.Length));
        return body;
    }
}
