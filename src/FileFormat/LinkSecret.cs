using System.Security.Cryptography;

namespace ChatMonolith.FileFormat;

/// <summary>
/// What the holder of a link has: the secret of the URL's fragment, and the password where there is one. All files of one transfer share
/// it, so the password is stretched once.
/// </summary>
public sealed class LinkSecret
{
    public const int Length = 32;

    private LinkSecret(byte[] secret, byte[] salt, int iterations, byte[] ikm)
    {
        Secret = secret;
        Salt = salt;
        Iterations = iterations;
        Ikm = ikm;
    }

    /// <summary>32 random bytes, in base64url behind the URL's <c>#</c>, which no browser sends.</summary>
    public byte[] Secret { get; }

    /// <summary>The KDF's salt, 32 bytes, public.</summary>
    public byte[] Salt { get; }

    /// <summary>0 without a password.</summary>
    public int Iterations { get; }

    public bool HasPassword => Iterations > 0;

    internal byte[] Ikm { get; }

    /// <summary>A new link.</summary>
    /// <param name="password">Null: the link alone opens.</param>
    public static LinkSecret Create(string? password) =>
        From(RandomNumberGenerator.GetBytes(Length), RandomNumberGenerator.GetBytes(Layout.SaltLength), password is null ? 0 : FileFormat.Iterations.Written, password);

    /// <summary>The secret of a link that somebody was given, with the transfer's salt and iterations.</summary>
    /// <exception cref="DamagedFileException">Iterations out of bounds, or a password where there is none, or none where there is one.</exception>
    public static LinkSecret From(ReadOnlySpan<byte> secret, ReadOnlySpan<byte> salt, int iterations, string? password)
    {
        if (secret.Length != Length || salt.Length != Layout.SaltLength || password is null != (iterations == 0))
        {
            throw new DamagedFileException();
        }

        if (password is null)
        {
            return new LinkSecret(secret.ToArray(), salt.ToArray(), 0, secret.ToArray());
        }

        var stretched = Kdf.Pbkdf2(password, salt, FileFormat.Iterations.Checked((uint)iterations));
        return new LinkSecret(secret.ToArray(), salt.ToArray(), iterations, [.. secret, .. stretched]);
    }

    /// <summary>What proves to the server that one may open the transfer; the server keeps its SHA-256 (<c>linkAuthHash</c>).</summary>
    public byte[] AuthKey() => Kdf.Hkdf(Ikm, Salt, Layout.AuthLabel);
}
