using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ChatMonolith.FileFormat;

/// <summary>Something that may open a file: a private key, a passphrase, or a link.</summary>
public abstract class Opener
{
    public static Opener Key(PrivateKey key) => new KeyOpener(key);

    public static Opener Passphrase(string passphrase) => new PassphraseOpener(passphrase);

    /// <param name="secret">32 bytes of the URL's fragment.</param>
    /// <param name="password">Null: the link has none.</param>
    public static Opener Link(ReadOnlySpan<byte> secret, string? password) => new LinkOpener(secret.ToArray(), password);

    /// <summary>The file keys that the header's stanzas yield, each still to be proven by the header's MAC.</summary>
    internal abstract IEnumerable<byte[]> Unwrap(Header header);

    /// <param name="stanza">Whose wrapped key is opened.</param>
    /// <param name="kek">Used this once, and wiped.</param>
    /// <returns>Null: not for this key.</returns>
    private protected static byte[]? Open(Stanza stanza, byte[] kek)
    {
        var body = stanza.Body.Span;
        var before = body[..^Layout.WrappedLength];
        var wrapped = body[^Layout.WrappedLength..];
        var fileKey = new byte[Layout.KeyLength];
        Span<byte> nonce = stackalloc byte[Layout.NonceLength];
        nonce.Clear();
        using var aes = new AesGcm(kek, Layout.TagLength);
        try
        {
            aes.Decrypt(nonce, wrapped[..Layout.KeyLength], wrapped[Layout.KeyLength..], fileKey, (byte[])[(byte)stanza.Type, .. before]);
            return fileKey;
        }
        catch (AuthenticationTagMismatchException)
        {
            return null;
        }
        finally
        {
            CryptographicOperations.ZeroMemory(kek);
        }
    }

    private sealed class KeyOpener(PrivateKey key) : Opener
    {
        internal override IEnumerable<byte[]> Unwrap(Header header)
        {
            var id = key.Public.Id;
            return header.Stanzas.Where(s => s.Type == StanzaType.PublicKey && s.Body.Span.StartsWith(id)).Select(s => Try(s, header.Salt)).OfType<byte[]>();
        }

        private byte[]? Try(Stanza stanza, byte[] salt)
        {
            var point = stanza.Body.Span.Slice(Layout.KeyIdLength, Layout.PointLength);
            using var ephemeral = PublicKey.TryImport(point, out _);
            if (ephemeral is null)
            {
                return null;
            }

            var z = key.Agree(ephemeral);
            var kek = Kdf.Hkdf(z, salt, (byte[])[.. Layout.WrapLabel, .. point, .. key.Public.Point]);
            CryptographicOperations.ZeroMemory(z);
            return Open(stanza, kek);
        }
    }

    private sealed class PassphraseOpener(string passphrase) : Opener
    {
        internal override IEnumerable<byte[]> Unwrap(Header header)
        {
            foreach (var stanza in header.Stanzas.Where(s => s.Type == StanzaType.Passphrase))
            {
                var body = stanza.Body;
                var iterations = Iterations.Checked(BinaryPrimitives.ReadUInt32BigEndian(body.Span[Layout.SaltLength..]));
                var ikm = Kdf.Pbkdf2(passphrase, body.Span[..Layout.SaltLength], iterations);
                if (Open(stanza, Kdf.Hkdf(ikm, header.Salt, Layout.PassLabel)) is { } fileKey)
                {
                    yield return fileKey;
                }
            }
        }
    }

    private sealed class LinkOpener(byte[] secret, string? password) : Opener
    {
        internal override IEnumerable<byte[]> Unwrap(Header header)
        {
            foreach (var stanza in header.Stanzas.Where(s => s.Type == StanzaType.Link))
            {
                var body = stanza.Body;
                var iterations = BinaryPrimitives.ReadUInt32BigEndian(body.Span[(1 + Layout.SaltLength)..]);
                if (body.Span[0] > 1 || (body.Span[0] == 0) != (iterations == 0))
                {
                    throw new DamagedFileException();
                }

                // Without a password in the link, one that is given all the same is not looked at.
                var link = LinkSecret.From(secret, body.Span.Slice(1, Layout.SaltLength), iterations == 0 ? 0 : Iterations.Checked(iterations), iterations == 0 ? null : password);
                if (Open(stanza, Kdf.Hkdf(link.Ikm, header.Salt, Layout.LinkLabel)) is { } fileKey)
                {
                    yield return fileKey;
                }
            }
        }
    }
}
