using System.Security.Cryptography;
using System.Text;
using ChatMonolith.Backups.Stores;
using ChatMonolith.FileFormat;

namespace ChatMonolith.Backups.Format;

/// <summary>Whom backups are encrypted to, and how those open them.</summary>
internal static class Audience
{
    public const string DrillKeyFile = "backup-drill.key";
    private const int KeyBytesMax = 16 * 1024;

    /// <summary>The keys that the settings name.</summary>
    /// <param name="options">The settings.</param>
    /// <param name="store">Holds the pair of a passphrase, wrapped under it; made there at its first use.</param>
    /// <param name="dataFolder">Holds the drill's own key.</param>
    /// <param name="ct">Cancels.</param>
    /// <exception cref="BackupRefusedException">A key cannot be read.</exception>
    public static async Task<IReadOnlyList<PublicKey>> Of(BackupsOptions options, IBackupStore store, string dataFolder, CancellationToken ct)
    {
        var keys = options.Recipients.Select(Parse).ToList();
        if (options.PassphraseFile.Length > 0)
        {
            using var pair = await OfPassphrase(store, FirstLine(options.PassphraseFile), make: true, ct).ConfigureAwait(false);
            keys.Add(pair.Public);
        }

        if (options.DrillKey)
        {
            using var own = DrillKey(dataFolder, make: true)!;
            keys.Add(own.Public);
        }

        return [.. keys.Distinct()];
    }

    public static PublicKey Parse(string text)
    {
        try
        {
            return PublicKey.Parse(text.Length < 1024 && File.Exists(text) ? File.ReadAllText(text) : text);
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new BackupRefusedException($"\"{(text.Length > 100 ? text[..100] : text)}\" is no public key for backups, and no file with one. chatctl backup keygen makes a pair.");
        }
    }

    /// <summary>The pair that a passphrase stands for: its private half lies in the store, wrapped under the passphrase.</summary>
    /// <exception cref="WrongKeyException">Another passphrase, or the wrapped key is damaged: which of them is not told.</exception>
    public static async Task<PrivateKey> OfPassphrase(IBackupStore store, string passphrase, bool make, CancellationToken ct)
    {
        var wrapped = await store.ReadWhole(StoreNames.PassphraseKey, KeyBytesMax, ct).ConfigureAwait(false);
        if (wrapped is null)
        {
            if (!make)
            {
                throw new BackupRefusedException("No backup here was made for a passphrase: use the private key (--key).");
            }

            var made = PrivateKey.Create();
            await store.Write(StoreNames.PassphraseKey, await Wrap(made, passphrase, ct).ConfigureAwait(false), ct).ConfigureAwait(false);
            return made;
        }

        return await Unwrap(wrapped, passphrase, ct).ConfigureAwait(false);
    }

    /// <summary>The server's own, in the data folder.</summary>
    public static PrivateKey? DrillKey(string dataFolder, bool make)
    {
        var path = Path.Combine(dataFolder, DrillKeyFile);
        if (File.Exists(path))
        {
            var pkcs8 = File.ReadAllBytes(path);
            try
            {
                return PrivateKey.FromPkcs8(pkcs8);
            }
            catch (DamagedFileException)
            {
                throw new BackupRefusedException($"{path} is no private key. Remove it, and a new one is made.");
            }
            finally
            {
                CryptographicOperations.ZeroMemory(pkcs8);
            }
        }

        if (!make)
        {
            return null;
        }

        var made = PrivateKey.Create();
        WholeFile.Write(path, made.ToPkcs8());
        return made;
    }

    public static string FirstLine(string file)
    {
        try
        {
            using var reader = new StreamReader(file, Encoding.UTF8);
            return reader.ReadLine() is { Length: > 0 and <= 1024 } line ? line : throw new BackupRefusedException($"The first line of {file} is to be the passphrase of the backups; it is empty, or far too long.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new BackupRefusedException($"The passphrase of the backups cannot be read: {e.Message}");
        }
    }

    private static async Task<byte[]> Wrap(PrivateKey key, string passphrase, CancellationToken ct)
    {
        var pkcs8 = key.ToPkcs8();
        var wrapped = new MemoryStream();
        await using var sealing = await EncryptedFile.Seal(wrapped, [Recipient.Passphrase(passphrase)], ct).ConfigureAwait(false);
        await sealing.WriteAsync(pkcs8, ct).ConfigureAwait(false);
        await sealing.Complete(ct).ConfigureAwait(false);
        CryptographicOperations.ZeroMemory(pkcs8);
        return wrapped.ToArray();
    }

    private static async Task<PrivateKey> Unwrap(byte[] wrapped, string passphrase, CancellationToken ct)
    {
        OpeningStream opening;
        try
        {
            opening = await EncryptedFile.Open(new MemoryStream(wrapped), Opener.Passphrase(passphrase), ct).ConfigureAwait(false);
        }
        catch (DamagedFileException)
        {
            throw new WrongKeyException("The passphrase is wrong, or the key that it opens is damaged.");
        }

        await using (opening)
        {
            try
            {
                var plain = new MemoryStream();
                await opening.ReadTo(plain, progress: null, ct).ConfigureAwait(false);
                return PrivateKey.FromPkcs8(plain.ToArray());
            }
            catch (DamagedFileException)
            {
                throw new BackupDamagedException("the passphrase is right, but the key that it opens is damaged");
            }
        }
    }
}
