using System.Text.Json;
using ChatMonolith.Backups.Format;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Backups;

namespace ChatMonolith.Backups;

/// <summary>Outcomes, in a file of the data folder: what is in a database would be of the time of its backup after a restore.</summary>
internal sealed class BackupReports(DataFolder folder) : IBackupReports
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
                return Loaded().FindLast(o => o is { Work: BackupWork.Backup, Ok: true });
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
            var good = all.FindLast(o => o is { Work: BackupWork.Backup, Ok: true });
            if (all.Count > Kept)
            {
                all.RemoveRange(0, all.Count - Kept);
            }

            if (good is not null && !all.Contains(good))
            {
                all.Insert(0, good);
            }

            WholeFile.Write(folder.File(FileName), JsonSerializer.SerializeToUtf8Bytes(all, JsonSerializerOptions.Web));
            told = [.. followers];
        }

        Array.ForEach(told, heard => heard(outcome));
    }

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
