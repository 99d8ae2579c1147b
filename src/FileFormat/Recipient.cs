using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ChatMonolith.FileFormat;

/// <summary>Somebody who shall be able to open a file; becomes one stanza of its header.</summary>
public abstract class Recipient
{
    internal abstract StanzaType Type { get; }

    /// <summary>The person who holds the private key.</summary>
    public static Recipient Key(PublicKey key) => new KeyRecipient(key);

    /// <summary>Whoever knows the passphrase. At most one in a file.</summary>
    public static Recipient Passphrase(string passphrase) => new PassphraseRecipient(passphrase);

    /// <summary>Whoever holds the link, and its password if it has one. At most one in a file.</summary>
    public static Recipient Link(LinkSecret link) => new LinkRecipient(link);

    /// <summary>The stanza's body: FK wrapped under a key that is used this once.</summary>
    internal abstract byte[] Wrap(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> salt);

    /// <summary>AES-256-GCM with a nonce of zeros: each KEK encrypts one thing, ever.</summary>
    private protected static byte[] Seal(StanzaType type, ReadOnlySpan<byte> before, ReadOnlySpan<byte> kek, ReadOnlySpan<byte> fileKey)
    {
        var body = new byte[before.Length + Layout.WrappedLength];
        before.CopyTo(body);
        Span<byte> nonce = stackalloc byte[Layout.NonceLength];
        nonce.Clear();
        using var aes = new AesGcm(kek, Layout.TagLength);
        var wrapped = body.AsSpan(before.Length);
        aes.Encrypt(nonce, fileKey, wrapped[..Layout.KeyLength], wrapped[Layout.KeyLength..], (byte[])[(byte)type, .. before]);
        return body;
    }

    private sealed class KeyRecipient(PublicKey key) : Recipient
    {
        internal override StanzaType Type => StanzaType.PublicKey;

        internal override byte[] Wrap(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> salt)
        {
            using var ephemeral = PrivateKey.Create();
            using var theirs = key.Import();
            var z = ephemeral.Agree(theirs);
            var kek = Kdf.Hkdf(z, salt, (byte[])[.. Layout.WrapLabel, .. ephemeral.Public.Point, .. key.Point]);
            var body = Seal(Type, (byte[])[.. key.Id, .. ephemeral.Public.Point], kek, fileKey);
            CryptographicOperations.ZeroMemory(z);
            CryptographicOperations.ZeroMemory(kek);
            return body;
        }
    }

    private sealed class PassphraseRecipient(string passphrase) : Recipient
    {
        internal override StanzaType Type => StanzaType.Passphrase;

        internal override byte[] Wrap(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> salt)
        {
            var before = new byte[Layout.SaltLength + sizeof(uint)];
            RandomNumberGenerator.Fill(before.AsSpan(0, Layout.SaltLength));
            BinaryPrimitives.WriteUInt32BigEndian(before.AsSpan(Layout.SaltLength), Iterations.Written);
            var ikm = Kdf.Pbkdf2(passphrase, before.AsSpan(0, Layout.SaltLength), Iterations.Written);
            var kek = Kdf.Hkdf(ikm, salt, Layout.PassLabel);
            var body = Seal(Type, before, kek, fileKey);
            CryptographicOperations.ZeroMemory(ikm);
            CryptographicOperations.ZeroMemory(kek);
            return body;
        }
    }

    private sealed class LinkRecipient(LinkSecret link) : Recipient
    {
        internal override StanzaType Type => StanzaType.Link;

        internal override byte[] Wrap(ReadOnlySpan<byte> fileKey, ReadOnlySpan<byte> salt)
        {
            var before = new byte[1 + Layout.SaltLength + sizeof(uint)];
            before[0] = link.HasPassword ? (byte)1 : (byte)0;
            link.Salt.CopyTo(before.AsSpan(1));
            BinaryPrimitives.WriteUInt32BigEndian(before.AsSpan(1 + Layout.SaltLength), (uint)link.Iterations);
            var kek = Kdf.Hkdf(link.Ikm, salt, Layout.LinkLabel);
            var body = Seal(Type, before, kek, fileKey);
            CryptographicOperations.ZeroMemory(kek);
            return body;
        }
    }
}
