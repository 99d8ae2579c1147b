using System.Text;
using ChatMonolith.Backups.Checking;
using ChatMonolith.Backups.Format;
using ChatMonolith.Backups.Stores;
using ChatMonolith.FileFormat;
using ChatMonolith.Tests.Chatctl;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Backups;

/// <summary>A folder for backups, the operator's pair of keys, and what a server needs to use them.</summary>
internal sealed class BackupSet : IDisposable
{
    public const string Passphrase = "nine brown lamps in a row";
    private readonly TemporaryFolder folder = new();

    private BackupSet()
    {
    }

    public string Store => folder["store"];

    public string KeyFile => folder["operator.key"];

    public string PassphraseFile => folder["passphrase.txt"];

    public string SignerFile => folder["signer.pub"];

    public PrivateKey Key { get; } = PrivateKey.Create();

    public (string Key, string Value)[] Settings => [("Backup__Provider", "Folder"), ("Backup__Directory", Store), ("Backup__Recipients__0", folder["operator.pub"]), ("Backup__Schedule", "0 0 0 1 1 ? 2099"), ("Backup__DrillSchedule", "0 0 0 1 1 ? 2099")];

    public static async Task<BackupSet> Make()
    {
        var made = new BackupSet();
        await File.WriteAllTextAsync(made.folder["operator.pub"], made.Key.Public.ToPem());
        await File.WriteAllTextAsync(made.PassphraseFile, Passphrase + "\n");
        await using var file = File.Create(made.KeyFile);
        await using var sealing = await EncryptedFile.Seal(file, [Recipient.Passphrase(Passphrase)], CancellationToken.None);
        await sealing.WriteAsync(made.Key.ToPkcs8(), CancellationToken.None);
        await sealing.Complete(CancellationToken.None);
        return made;
    }

    public string this[string name] => folder[name];

    /// <summary>The operator puts the server's public key away.</summary>
    public void Keep(RunningServer server) => File.Copy(Path.Combine(server.DataFolder, SigningKey.PublicFileName), SignerFile, overwrite: true);

    public string[] Opening => ["--from", Store, "--signer", SignerFile, "--key", KeyFile, "--passphrase-file", PassphraseFile];

    public Task<ChatctlRun> Verify(params string[] more) => ChatctlRun.Run(["backup", "verify", .. Opening, .. more]);

    public Task<ChatctlRun> Restore(RunningServer target, params string[] more) => ChatctlRun.Beside(target, "", ["backup", "restore", "--data", target.DataFolder, .. Opening, .. more]);

    /// <summary>As <c>verify --hashes-only</c> does, or with the key.</summary>
    public static async Task<CheckResult> Check(IBackupStore store, Guid point, SigningKey.Verifier signer, PrivateKey? key)
    {
        var found = await Catalogue.Read(store, point, signer, CancellationToken.None);
        return found.Body is { } body ? await new PointCheck(store).Run(body, key, CancellationToken.None) : new CheckResult([found.Problem!], 0, 0, false);
    }

    public SigningKey.Verifier Signer => SigningKey.Verifier.Parse(File.ReadAllText(SignerFile, Encoding.ASCII));

    public void Dispose()
    {
        Key.Dispose();
        folder.Dispose();
    }
}

internal static class BackupPeople
{
    /// <summary>Makes a backup over HTTP and waits for its end; its id.</summary>
    public static async Task<Guid> BackUp(this Person admin)
    {
        var before = (await admin.Http.Get("admin/backups")).Ok(200)["last"].GetProperty("backup").ToString();
        (await admin.Http.Post("admin/backups")).Ok(202);
        var outcome = await admin.Outcome("backup", before);
        outcome.GetProperty("ok").GetBoolean().ShouldBeTrue(outcome.ToString());
        return outcome.GetProperty("backupId").GetGuid();
    }

    /// <summary>The next outcome of a kind.</summary>
    public static async Task<System.Text.Json.JsonElement> Outcome(this Person admin, string work, string before)
    {
        var outcome = default(System.Text.Json.JsonElement);
        await Deadline.Until(
            async () =>
            {
                var page = (await admin.Http.Get("admin/backups")).Ok(200);
                outcome = page["last"].GetProperty(work).Clone();
                return page["running"].ValueKind is System.Text.Json.JsonValueKind.Null && outcome.ToString() != before;
            },
            $"the {work} to end",
            TimeSpan.FromSeconds(60));
        return outcome;
    }
}
