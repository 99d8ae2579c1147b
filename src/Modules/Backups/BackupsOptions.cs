using System.ComponentModel.DataAnnotations;
using ChatMonolith.Backups.Stores;
using Quartz;

namespace ChatMonolith.Backups;

internal enum BackupProvider
{
    Off,
    Folder,
    S3,
}

/// <summary>Section <c>Backup</c>.</summary>
internal sealed class BackupsOptions : IValidatableObject
{
    public const string Section = "Backup";

    /// <summary>Where backups go; off: none are made.</summary>
    [EnumDataType(typeof(BackupProvider))]
    public BackupProvider Provider { get; set; } = BackupProvider.Off;

    /// <summary>For <c>Folder</c>: on another disk than the data, better on another machine.</summary>
    public string Directory { get; set; } = "";

    /// <summary>For <c>S3</c>: the service's address; empty: Amazon's own, by <see cref="Region"/>.</summary>
    public string Endpoint { get; set; } = "";

    public string Region { get; set; } = "us-east-1";

    public string Bucket { get; set; } = "";

    /// <summary>Before every name in the bucket.</summary>
    public string Prefix { get; set; } = "";

    public string AccessKey { get; set; } = "";

    public string SecretKey { get; set; } = "";

    public bool PathStyle { get; set; } = true;

    /// <summary>Public keys (files, or base64) whose private halves open the backups; those are kept away from the server.</summary>
    public IList<string> Recipients { get; } = [];

    /// <summary>A file whose first line is a passphrase that opens the backups too.</summary>
    public string PassphraseFile { get; set; } = "";

    /// <summary>The server keeps a key of its own that opens the backups, so that a drill can restore one whole.</summary>
    public bool DrillKey { get; set; }

    /// <summary>When backups are made, as Quartz writes it: seconds, minutes, hours, day of month, month, day of week; UTC.</summary>
    public string Schedule { get; set; } = "0 30 2 * * ?";

    public string DrillSchedule { get; set; } = "0 30 4 ? * SUN";

    /// <summary>The newest, however near to each other: a second backup of a day is no reason to lose the first.</summary>
    [Range(1, 1_000)]
    public int KeepLast { get; set; } = 5;

    [Range(1, 366)]
    public int KeepDaily { get; set; } = 7;

    [Range(0, 520)]
    public int KeepWeekly { get; set; } = 5;

    [Range(0, 120)]
    public int KeepMonthly { get; set; } = 12;

    /// <summary>MiB a second to and from the store; 0: as fast as it goes.</summary>
    [Range(0, 100_000)]
    public int MegaBytesPerSecond { get; set; }

    /// <summary>The folder of <c>pg_dump</c> and <c>pg_restore</c>; empty: found on the path.</summary>
    public string PostgresTools { get; set; } = "";

    /// <summary>Before a newer version changes the database, it is backed up as it was.</summary>
    public bool BeforeMigration { get; set; } = true;

    public bool Works => Provider is not BackupProvider.Off;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (Provider is BackupProvider.Folder && Directory.Length == 0)
        {
            yield return new ValidationResult("Backup:Provider is Folder, but Backup:Directory is empty. Name the folder.", [nameof(Directory)]);
        }

        if (Provider is BackupProvider.S3 && Bucket.Length == 0)
        {
            yield return new ValidationResult("Backup:Provider is S3, but Backup:Bucket is empty. Name the bucket.", [nameof(Bucket)]);
        }

        if (Endpoint.Length > 0 && !(Uri.TryCreate(Endpoint, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"))
        {
            yield return new ValidationResult($"Backup:Endpoint is \"{Endpoint}\"; it must be an address such as https://s3.example.org.", [nameof(Endpoint)]);
        }

        if (AccessKey.Length == 0 != (SecretKey.Length == 0))
        {
            yield return new ValidationResult("Set Backup:AccessKey and Backup:SecretKey both, or neither.", [nameof(SecretKey)]);
        }

        if (Works && Recipients.Count == 0 && PassphraseFile.Length == 0)
        {
            yield return new ValidationResult("Backup:Provider is set, but nobody could open the backups. Give Backup:Recipients (chatctl backup keygen makes a pair) or Backup:PassphraseFile.", [nameof(Recipients)]);
        }

        if (Recipients.Count > 16)
        {
            yield return new ValidationResult("Backup:Recipients takes 16 keys at most.", [nameof(Recipients)]);
        }

        foreach (var (name, text) in new[] { (nameof(Schedule), Schedule), (nameof(DrillSchedule), DrillSchedule) })
        {
            if (!IsSchedule(text))
            {
                yield return new ValidationResult($"Backup:{name} is \"{text}\", which is no schedule such as \"0 30 2 * * ?\" (half past two each night).", [name]);
            }
        }
    }

    private static bool IsSchedule(string text)
    {
        try
        {
            return new CronExpression(text).GetNextValidTimeAfter(DateTimeOffset.UnixEpoch) is not null;
        }
        catch (FormatException)
        {
            return false;
        }
    }

    /// <summary>Opens the store that is set.</summary>
    /// <exception cref="Format.BackupRefusedException">None is, or it cannot be opened.</exception>
    public IBackupStore Open(TimeProvider time, bool make = true)
    {
        IBackupStore store = Provider switch
        {
            BackupProvider.Folder => new FolderStore(Directory, make),
            BackupProvider.S3 => new S3BackupStore(this),
            _ => throw new Format.BackupRefusedException("No place for backups is set: Backup:Provider is Off."),
        };
        return MegaBytesPerSecond > 0 ? new PacedStore(store, MegaBytesPerSecond * 1024L * 1024, time) : store;
    }
}
