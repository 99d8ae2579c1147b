using System.Text.Json;
using ChatMonolith.Backups.Format;
using ChatMonolith.Backups.Jobs;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Backups;
using Quartz;

namespace ChatMonolith.Backups;

/// <summary>Outcomes, in a file of the data folder: what is in a database would be of the time of its backup after a restore.</summary>
internal sealed class BackupReports(DataFolder folder, ISchedulerFactory schedulers) : IBackupReports
{
    public const string FileName = "backup-reports.json";
    private const int Kept = 60;
    private readonly Lock sync = new();
    private readonly List<Action<BackupOutcome>> followers = [];
    private List<BackupOutcome>? outcomes;

    public BackupOutcome? LastGood
    {
        get
        {
            lock (sync)
            {
                return Good(BackupWork.Backup);
            }
        }
    }

    public BackupOutcome? Last(BackupWork work)
    {
        lock (sync)
        {
            return Loaded().FindLast(o => o.Work == work);
        }
    }

    public async Task<long?> Due(BackupWork work, CancellationToken ct)
    {
        var job = work switch
        {
            BackupWork.Backup => MakeBackup.Key,
            BackupWork.Drill => RunDrill.Key,
            _ => null,
        };

        // A trigger that is there stays as it is over restarts (BackupSchedule): its start is when this schedule was set.
        if (job is null || await (await schedulers.GetScheduler(ct)).GetTrigger(new TriggerKey(job.Name), ct) is not ICronTrigger trigger)
        {
            return null;
        }

        var since = trigger.StartTimeUtc;
        lock (sync)
        {
            var last = DateTimeOffset.FromUnixTimeMilliseconds(Good(work)?.StartedAt ?? 0);
            since = last > since ? last : since;
        }

        return trigger.GetFireTimeAfter(since)?.ToUnixTimeMilliseconds();
    }

    public IDisposable Follow(Action<BackupOutcome> heard)
    {
        lock (sync)
        {
            followers.Add(heard);
        }

        return new End(() =>
        {
            lock (sync)
            {
                followers.Remove(heard);
            }
        });
    }

    public void Add(BackupOutcome outcome)
    {
        Action<BackupOutcome>[] told;
        lock (sync)
        {
            var all = Loaded();
            all.Add(outcome);

            // However many others came since: of each kind the newest, and the newest that succeeded, are what is asked for.
            var kept = Enum.GetValues<BackupWork>().SelectMany(work => new[] { all.FindLast(o => o.Work == work), all.FindLast(o => o.Work == work && o.Ok) }).ToHashSet();
            var surplus = all.Count - Kept;
            all.RemoveAll(o => surplus > 0 && !kept.Contains(o) && surplus-- > 0);

            WholeFile.Write(folder.File(FileName), JsonSerializer.SerializeToUtf8Bytes(all, JsonSerializerOptions.Web));
            told = [.. followers];
        }

        Array.ForEach(told, heard => heard(outcome));
    }

    private BackupOutcome? Good(BackupWork work) => Loaded().FindLast(o => o.Work == work && o.Ok);

    private List<BackupOutcome> Loaded()
    {
        if (outcomes is not null)
        {
            return outcomes;
        }

        try
        {
            var path = folder.File(FileName);
            outcomes = File.Exists(path) ? JsonSerializer.Deserialize<List<BackupOutcome>>(File.ReadAllBytes(path), JsonSerializerOptions.Web) : null;
        }
        catch (JsonException)
        {
            // A report is no reason not to start.
        }

        return outcomes ??= [];
    }

    private sealed class End(Action end) : IDisposable
    {
        public void Dispose() => end();
    }
}
