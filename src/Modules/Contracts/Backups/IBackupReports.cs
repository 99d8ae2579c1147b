namespace ChatMonolith.Contracts.Backups;

/// <summary>What a backup, its verification or a drill came to.</summary>
public enum BackupWork
{
    Backup,
    Verification,
    Drill,
}

/// <param name="Work">What was done.</param>
/// <param name="PointId">Of which point; null where it did not come to one.</param>
/// <param name="Ok">It did what it should.</param>
/// <param name="How">What exactly was checked, or why it failed; one sentence without a secret.</param>
/// <param name="StartedAt">UTC milliseconds.</param>
/// <param name="EndedAt">UTC milliseconds.</param>
/// <param name="Bytes">Of plaintext that it covered.</param>
public sealed record BackupOutcome(BackupWork Work, Guid? PointId, bool Ok, string How, long StartedAt, long EndedAt, long Bytes);

/// <summary>For the admin's page, for metrics and for alerts.</summary>
public interface IBackupReports
{
    /// <summary>The newest of each kind, as remembered over restarts; null where there was none.</summary>
    BackupOutcome? Last(BackupWork work);

    /// <summary>The newest backup that succeeded.</summary>
    BackupOutcome? LastGood { get; }

    /// <summary>
    /// When the schedule first promised a backup or a drill after the last one that succeeded, or after it was set where none did; UTC
    /// milliseconds. Null where none is scheduled.
    /// </summary>
    Task<long?> Due(BackupWork work, CancellationToken ct);

    /// <summary>Told of each outcome, after it was written down; must return quickly.</summary>
    IDisposable Follow(Action<BackupOutcome> heard);
}
