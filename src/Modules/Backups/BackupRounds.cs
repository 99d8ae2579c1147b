using ChatMonolith.Backups.Checking;
using ChatMonolith.Backups.Creating;
using ChatMonolith.Backups.Format;
using ChatMonolith.Backups.Restoring;
using ChatMonolith.Backups.Stores;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Backups;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Backups;

/// <param name="Work">What is being done.</param>
/// <param name="StartedAt">UTC milliseconds.</param>
/// <param name="Progress">How far it is.</param>
internal sealed record RunningWork(BackupWork Work, long StartedAt, BackupProgress Progress);

/// <summary>Backups, verifications and drills of this server, one at a time; each ends with a report, however it ends.</summary>
internal sealed class BackupRounds(BackupMaker maker, DrillMaker drills, DataFolder folder, BackupReports reports, IOptions<BackupsOptions> options, TimeProvider time, ILogger<BackupRounds> logger) : IDisposable
{
    public static readonly Error Busy = Error.Conflict("A backup, a verification or a drill is running. Wait for its end, or cancel it.", ConflictReasons.BackupBusy);
    private readonly SemaphoreSlim one = new(1, 1);
    private readonly Lock sync = new();
    private CancellationTokenSource? cancel;

    public RunningWork? Running { get; private set; }

    public BackupsOptions Options => options.Value;

    public Task<BackupOutcome?> MakeBackup(string reason, CancellationToken ct) => Run(
        BackupWork.Backup,
        async (store, progress, token) =>
        {
            var point = await maker.Make(store, reason, progress, token);
            progress.Report(new BackupProgress("prune", 0, 0));
            using var signing = SigningKey.Own(folder.Root);
            var (points, objects) = await new Pruning(options.Value, time).Run(store, signing.Public, token);
            return (point.Id, null, $"The database and {point.Files} files are in the backup; {points} old backups and {objects} objects were removed.", point.Bytes);
        },
        ct);

    public Task<BackupOutcome?> Verify(Guid pointId, CancellationToken ct) => Run(
        BackupWork.Verification,
        async (store, progress, token) =>
        {
            using var signing = SigningKey.Own(folder.Root);
            var found = await Catalogue.Read(store, pointId, signing.Public, token);
            if (found.Body is not { } point)
            {
                return (pointId, found.Problem, "", 0);
            }

            using var key = options.Value.DrillKey ? Audience.DrillKey(folder.Root, make: false) : null;
            var usable = key is not null && point.Keys.Contains(Convert.ToHexStringLower(key.Public.Id)) ? key : null;
            var result = await new PointCheck(store, progress).Run(point, usable, token);
            return (pointId, result.IsWhole ? null : string.Join("; ", result.Problems.Take(5)), result.WithKey ? $"All {result.Objects} objects were read, decrypted and compared." : $"All {result.Objects} objects were compared with their signed hashes; they were not decrypted, since the server has no key to them.", result.Bytes);
        },
        ct);

    public Task<BackupOutcome?> Drill(CancellationToken ct) => Run(
        BackupWork.Drill,
        async (store, progress, token) =>
        {
            using var signing = SigningKey.Own(folder.Root);
            var result = await drills.Run(store, signing.Public, progress, token);
            return (result.PointId, result.Problem, result.How, result.Bytes);
        },
        ct);

    /// <summary>Ends what is running; it publishes nothing and reports that it was cancelled.</summary>
    /// <returns>False when nothing is.</returns>
    public bool Cancel()
    {
        lock (sync)
        {
            cancel?.Cancel();
            return cancel is not null;
        }
    }

    public void Dispose() => one.Dispose();

    /// <returns>Null: something else is running.</returns>
    private async Task<BackupOutcome?> Run(BackupWork work, Func<IBackupStore, IProgress<BackupProgress>, CancellationToken, Task<(Guid? Point, string? Problem, string How, long Bytes)>> act, CancellationToken ct)
    {
        if (!await one.WaitAsync(TimeSpan.Zero, ct))
        {
            return null;
        }

        var startedAt = time.Now();
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(ct);
        try
        {
            Begin(work, startedAt, linked);
            BackupOutcome outcome;
            try
            {
                using var store = options.Value.Open(time);
                var (point, problem, how, bytes) = await act(store, new Follow(p => Running = new RunningWork(work, startedAt, p)), linked.Token);
                outcome = new BackupOutcome(work, point, problem is null, problem ?? how, startedAt, time.Now(), bytes);
            }
            catch (OperationCanceledException)
            {
                outcome = new BackupOutcome(work, null, false, "It was cancelled.", startedAt, time.Now(), 0);
            }
            catch (Exception e)
            {
                // Whatever it was: the operator must hear that there is no new backup.
                logger.LogError(e, "{Work} failed", work);
                outcome = new BackupOutcome(work, null, false, e is BackupRefusedException or BackupDamagedException or WrongKeyException or IOException ? e.Message : "It failed; the log says why.", startedAt, time.Now(), 0);
            }

            reports.Add(outcome);
            logger.Log(outcome.Ok ? LogLevel.Information : LogLevel.Error, "{Work} of {Point}: {How}", work, outcome.PointId, outcome.How);
            return outcome;
        }
        finally
        {
            End();
            one.Release();
        }
    }

    private void Begin(BackupWork work, long startedAt, CancellationTokenSource linked)
    {
        lock (sync)
        {
            cancel = linked;
            Running = new RunningWork(work, startedAt, new BackupProgress("begin", 0, 0));
        }
    }

    private void End()
    {
        lock (sync)
        {
            cancel = null;
            Running = null;
        }
    }

    /// <summary>At once, on the caller's thread: a late report would overwrite the end.</summary>
    private sealed class Follow(Action<BackupProgress> heard) : IProgress<BackupProgress>
    {
        public void Report(BackupProgress value) => heard(value);
    }
}
