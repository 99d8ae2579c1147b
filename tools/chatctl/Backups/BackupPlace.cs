using System.CommandLine;
using ChatMonolith.Backups;
using ChatMonolith.Backups.Format;
using ChatMonolith.Backups.Stores;
using ChatMonolith.Chatctl.Encryption;
using ChatMonolith.FileFormat;
using Microsoft.Extensions.Configuration;

namespace ChatMonolith.Chatctl.Backups;

/// <summary>Where backups lie and what opens them: the options that several commands share.</summary>
internal sealed class BackupPlace
{
    private readonly Option<string?> from = new("--from") { Description = "The folder with the backups. Left out: as Backup__Provider and its settings in the environment say.", HelpName = "folder" };
    private readonly Option<string?> signer = new("--signer") { Description = "The server's public key (backup-signing.pub) as you keep it, by which its backups are told from forged ones.", HelpName = "file" };
    private readonly Option<bool> anySigner = new("--any-signer") { Description = "Take backups of whoever signed them: when the server's public key is lost. Whoever could write the store could have forged them." };
    private readonly Option<string?> key = new("--key") { Description = "Your private key, wrapped under a passphrase that is asked for.", HelpName = "file" };
    private readonly Option<string?> passphrase = new("--passphrase-file") { Description = "A file whose first line is the passphrase of the key or, without --key, of the backups. Left out: it is asked for.", HelpName = "file" };
    private readonly Option<string?> point = new("--point") { Description = "The id of the backup as list shows it, or its beginning. Left out: the newest.", HelpName = "id" };

    public IEnumerable<Option> Store => [from, signer, anySigner];

    public IEnumerable<Option> Opening => [key, passphrase];

    public Option Point => point;

    public static BackupsOptions Settings()
    {
        var options = new BackupsOptions();
        new ConfigurationBuilder().AddEnvironmentVariables().Build().GetSection(BackupsOptions.Section).Bind(options);
        return options;
    }

    public IBackupStore Open(ParseResult parsed) => parsed.GetValue(from) is { } folder ? new FolderStore(folder, make: false) : Settings().Open(TimeProvider.System, make: false);

    /// <returns>Null: any.</returns>
    public SigningKey.Verifier? Signer(ParseResult parsed)
    {
        if (parsed.GetValue(signer) is { } path)
        {
            try
            {
                return SigningKey.Verifier.Parse(File.ReadAllText(path));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw new RefusedException($"{path} cannot be read: {e.Message}");
            }
        }

        return parsed.GetValue(anySigner) ? null : throw new RefusedException("Name the server's public key with --signer (backup-signing.pub, as you keep it). Without it anybody who can write the store could have made these backups; --any-signer takes them all the same.");
    }

    /// <summary>The signed part of the point that was asked for.</summary>
    public async Task<PointBody> Find(ParseResult parsed, IBackupStore store, SigningKey.Verifier? trusted, CancellationToken ct)
    {
        var wanted = parsed.GetValue(point)?.Replace("-", "", StringComparison.Ordinal).ToLowerInvariant();
        var points = await Catalogue.Points(store, trusted, ct);
        if (points.Count == 0)
        {
            throw new RefusedException($"There is no backup in {store.Place}.");
        }

        var found = points.Where(p => wanted is null || p.Id.ToString("N").StartsWith(wanted, StringComparison.Ordinal)).ToList();
        return found switch
        {
            [] => throw new RefusedException($"There is no backup {wanted} in {store.Place}."),
            [_, _, ..] when wanted is not null => throw new RefusedException($"Several backups begin with {wanted}."),
            [{ Body: { } body }, ..] => body,
            _ => throw new BackupDamagedException($"{found[0].Id:N}: {found[0].Problem}"),
        };
    }

    public async Task<PrivateKey> Key(ParseResult parsed, IBackupStore store, CancellationToken ct)
    {
        var file = parsed.GetValue(passphrase);
        if (parsed.GetValue(key) is not { } path)
        {
            return await Audience.OfPassphrase(store, SecretInput.Read(file, "Passphrase of the backups"), make: false, ct);
        }

        try
        {
            return await KeyFiles.Unwrap(path, SecretInput.Read(file, "Passphrase of the key"), ct);
        }
        catch (DamagedFileException)
        {
            throw new WrongKeyException("The passphrase is wrong, or the key's file is damaged.");
        }
    }

    public bool HasKey(ParseResult parsed) => parsed.GetValue(key) is not null || parsed.GetValue(passphrase) is not null;
}
