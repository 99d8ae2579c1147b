using System.Security.Cryptography;
using ChatMonolith.FileFormat;

namespace ChatMonolith.Chatctl.Encryption;

/// <summary>Keys on disk: the public one as PEM, the private one as PKCS#8 inside the encrypted file format.</summary>
internal static class KeyFiles
{
    /// <summary>Far above a wrapped P-384 key, which has some 500 bytes.</summary>
    private const int KeyFileMax = 16 * 1024;

    public static async Task<byte[]> Wrap(PrivateKey key, string passphrase, CancellationToken ct)
    {
        var pkcs8 = key.ToPkcs8();
        var wrapped = new MemoryStream();
        await using var sealing = await EncryptedFile.Seal(wrapped, [Recipient.Passphrase(passphrase)], ct);
        await sealing.WriteAsync(pkcs8, ct);
        await sealing.Complete(ct);
        CryptographicOperations.ZeroMemory(pkcs8);
        return wrapped.ToArray();
    }

    /// <param name="path">A wrapped private key.</param>
    /// <param name="passphrase">Its passphrase, or its recovery code as printed.</param>
    /// <param name="ct">Cancels.</param>
    public static async Task<PrivateKey> Unwrap(string path, string passphrase, CancellationToken ct)
    {
        var wrapped = new MemoryStream(Read(path));
        try
        {
            return await Unwrap(wrapped, passphrase, ct);
        }
        catch (DamagedFileException) when (RecoveryCode.Read(passphrase) is not null)
        {
            wrapped.Position = 0;
            return await Unwrap(wrapped, RecoveryCode.Read(passphrase)!, ct);
        }
    }

    public static PublicKey ReadPublic(string path)
    {
        try
        {
            return PublicKey.Parse(System.Text.Encoding.UTF8.GetString(Read(path)));
        }
        catch (FormatException e)
        {
            throw new RefusedException($"{path}: {e.Message}");
        }
    }

    private static async Task<PrivateKey> Unwrap(MemoryStream wrapped, string passphrase, CancellationToken ct)
    {
        var plain = new MemoryStream();
        await using var opening = await EncryptedFile.Open(wrapped, Opener.Passphrase(passphrase), ct);
        await opening.ReadTo(plain, progress: null, ct);
        var key = PrivateKey.FromPkcs8(plain.GetBuffer().AsSpan(0, (int)plain.Length));
        CryptographicOperations.ZeroMemory(plain.GetBuffer());
        return key;
    }

    private static byte[] Read(string path)
    {
        try
        {
            return new FileInfo(path).Length <= KeyFileMax ? File.ReadAllBytes(path) : throw new RefusedException($"{path} is no key: it is too long.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new RefusedException($"{path} cannot be read: {e.Message}");
        }
    }
}
