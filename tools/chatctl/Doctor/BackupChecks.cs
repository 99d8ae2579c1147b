using System.Globalization;
using System.Runtime.CompilerServices;
using ChatMonolith.Admin.Alerts;
using ChatMonolith.Backups;
using ChatMonolith.Backups.Format;
using ChatMonolith.Backups.Stores;
using ChatMonolith.BuildingBlocks.Time;
using Quartz;

namespace ChatMonolith.Chatctl.Doctor;

/// <summary>Backups are set up, can be opened by somebody, and are as new as their schedule promises.</summary>
internal static class BackupChecks
{
    private const string Check = "backups";

    public static async IAsyncEnumerable<Finding> Run(Patient patient, [EnumeratorCancellation] CancellationToken ct)
    {
        if (patient.Options<BackupsOptions>() is not { } options)
        {
            yield break;
        }

        if (!options.Works)
        {
            yield return Finding.Warning(Check, "No place for backups is set.", "Set Backup:Provider, a place and Backup:Recipients; docs/operations.md, \"Backup and restore\".");
            yield break;
        }

        yield return Keys(options);
        var problem = options.Provider is BackupProvider.S3 ? await StoreChecks.Probe(options, ct)
            : Directory.Exists(options.Directory) ? await FolderChecks.Writable(options.Directory, ct) : "there is no such folder; the first backup makes it if it may.";
        var place = options.Provider is BackupProvider.S3 ? $"The bucket {options.Bucket}" : options.Directory;
        if (problem is not null)
        {
            yield return Finding.Problem(Check, $"{place} cannot be used for backups: {problem}", "See that it is mounted, or that Backup:Endpoint, Bucket and the keys are right, and that the server's user may write there.");
            yield break;
        }

        yield return Finding.Ok(Check, $"{place} can be written.");
        yield return await Newest(patient, options, ct);
    }

    private static Finding Keys(BackupsOptions options)
    {
        try
        {
            var count = options.Recipients.Select(Audience.Parse).Count();
            if (options.PassphraseFile.Length > 0 && File.ReadLines(options.PassphraseFile).FirstOrDefault() is null or "")
            {
                return Finding.Problem(Check, $"Backup:PassphraseFile, {options.PassphraseFile}, is empty.", "Write the passphrase into its first line.");
            }

            return Finding.Ok(Check, string.Create(CultureInfo.InvariantCulture, $"{count} public keys{(options.PassphraseFile.Length > 0 ? " and a passphrase" : "")} open them. See that you have the private halves, and a copy of {SigningKey.PublicFileName}, elsewhere."));
        }
        catch (Exception e) when (e is BackupRefusedException or IOException or UnauthorizedAccessException)
        {
            return Finding.Problem(Check, e.Message, "Put the key's file back, or correct Backup:Recipients or Backup:PassphraseFile: no backup is made without.");
        }
    }

    private static async Task<Finding> Newest(Patient patient, BackupsOptions options, CancellationToken ct)
    {
        if (!File.Exists(Path.Combine(patient.Folder, SigningKey.FileName)))
        {
            return Finding.Warning(Check, "None was made yet.", "Make one: chatctl backup create, or the page Backups.");
        }

        using var store = options.Open(TimeProvider.System, make: false);
        using var signing = SigningKey.Own(patient.Folder);
        var newest = (await Catalogue.Points(store, signing.Public, ct)).Find(p => p.Body is not null)?.Body;
        if (newest is null)
        {
            return Finding.Problem(Check, "There is none that this server has signed.", "Make one: chatctl backup create, or the page Backups.");
        }

        var made = DateTimeOffset.FromUnixTimeMilliseconds(newest.CreatedAt);
        var grace = TimeSpan.FromHours((patient.Options<AlertsOptions>() ?? new AlertsOptions()).BackupGraceHours);
        var due = new CronExpression(options.Schedule).GetNextValidTimeAfter(made) + grace;
        return due < TimeProvider.System.GetUtcNow()
            ? Finding.Problem(Check, $"The newest is from {Clock.Format(newest.CreatedAt)}, older than Backup:Schedule promises.", "See why the job backups.make does not run or fails (the page Jobs, or the log), and make one by hand.")
            : Finding.Ok(Check, $"The newest is from {Clock.Format(newest.CreatedAt)}.");
    }
}
