using ChatMonolith.Admin.Data;
using ChatMonolith.Admin.Live;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using Microsoft.EntityFrameworkCore;
using Quartz;

namespace ChatMonolith.Admin.Stats;

/// <summary>
/// Writes how things stand, once a minute, and makes coarser samples of finer ones. A minute has one sample whoever takes it: the key of
/// the table says so, and what another run has written is left as it is.
/// </summary>
[DisallowConcurrentExecution]
internal sealed class SampleStats(
    AdminDb db, IEnumerable<IStatistics> statistics, Instruments instruments, Hub hub, DataFolder folder, Database database, AdminWatchers watchers, TimeProvider time) : IJob
{
    public const string Name = "admin.sample-stats";
    public const int Minute = 60;
    private const int FiveMinutes = 300;
    private const int Hour = 3_600;
    private const long Day = 24L * 60 * 60 * 1000;

    /// <summary>Each step with what it is made of, and how long it is kept.</summary>
    public static readonly (int Step, int Of, long Kept)[] Steps = [(Minute, 0, 2 * Day), (FiveMinutes, Minute, 14 * Day), (Hour, FiveMinutes, 730 * Day)];

    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var at = time.Now() / (Minute * 1000) * (Minute * 1000);
        var figures = await Read(at, cancellationToken);
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            if (!await db.Samples.AnyAsync(s => s.Step == Minute && s.At == at, cancellationToken))
            {
                db.Samples.AddRange(figures.Select(f => new SampleRow { Series = f.Name, Step = Minute, At = at, Value = f.Value, Max = f.Value }));
                await db.SaveChangesAsync(cancellationToken);
            }

            foreach (var (step, of, _) in Steps.Where(s => s.Of > 0))
            {
                await Coarsen(step, of, at, cancellationToken);
            }

            foreach (var (step, _, kept) in Steps)
            {
                var before = at - kept;
                await db.Samples.Where(s => s.Step == step && s.At < before).ExecuteDeleteAsync(cancellationToken);
            }

            await transaction.CommitAsync(cancellationToken);
        }

        watchers.Tell(new StatsEvent("admin.stats", at, figures.ToDictionary(f => f.Name, f => f.Value, StringComparer.Ordinal)));
    }

    /// <summary>The last step that is complete, unless it is there.</summary>
    private async Task Coarsen(int step, int of, long at, CancellationToken ct)
    {
        var length = step * 1000L;
        var from = (at / length * length) - length;
        var to = from + length;
        if (await db.Samples.AnyAsync(s => s.Step == step && s.At == from, ct))
        {
            return;
        }

        var made = await db.Samples.AsNoTracking().Where(s => s.Step == of && s.At >= from && s.At < to).GroupBy(s => s.Series)
            .Select(g => new { g.Key, Value = g.Average(s => s.Value), Max = g.Max(s => s.Max) }).ToListAsync(ct);
        db.Samples.AddRange(made.Select(m => new SampleRow { Series = m.Key, Step = step, At = from, Value = m.Value, Max = m.Max }));
        await db.SaveChangesAsync(ct);
    }

    private async Task<IReadOnlyList<Figure>> Read(long at, CancellationToken ct)
    {
        var figures = new List<Figure>();
        foreach (var one in statistics)
        {
            figures.AddRange(await one.Read(ct));
        }

        figures.AddRange(instruments.Read());
        figures.Add(new Figure("connections", await hub.Ask(floor => floor.ConnectionCount)));
        figures.Add(new Figure("queue.audit", await db.OwedAudit.CountAsync(ct)));
        figures.Add(new Figure("memory", Environment.WorkingSet));
        figures.Add(new Figure("disk.free", new DriveInfo(folder.Root).AvailableFreeSpace));
        figures.Add(new Figure("disk.database", database.IsSqlite ? new FileInfo(database.SqlitePath).Length : await db.Database.SqlQueryRaw<long>("SELECT pg_database_size(current_database()) AS \"Value\"").SingleAsync(ct)));
        var before = await db.Samples.AsNoTracking().Where(s => s.Series == "messages" && s.Step == Minute && s.At < at).OrderByDescending(s => s.At).FirstOrDefaultAsync(ct);
        if (before is not null && figures.Find(f => f.Name == "messages") is { } messages)
        {
            figures.Add(new Figure("messages.rate", Math.Max(0, messages.Value - before.Value) * 1000 / (at - before.At)));
        }

        return figures;
    }

    private sealed record StatsEvent(string Type, Instant At, IReadOnlyDictionary<string, double> Values);
}
