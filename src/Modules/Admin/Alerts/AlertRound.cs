using ChatMonolith.Admin.Data;
using ChatMonolith.Admin.Live;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Time;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Admin.Alerts;

/// <summary>
/// One look at all conditions. What changes is written, and owed to the channels, in one transaction, under a condition that only one of
/// several who look at the same time can meet: so each change is told once, whoever dies or races.
/// </summary>
internal sealed class AlertRound(
    AdminDb db, IEnumerable<ICondition> conditions, AlertTelling telling, AlertStanding standing, AdminWatchers watchers, Database database, IOptions<AlertsOptions> options, TimeProvider time, ILogger<AlertRound> logger)
{
    private const string Open =
        "INSERT INTO admin_alerts (id, name, level, facts, opened_at, told_at) VALUES ({0}, {1}, {2}, {3}, {4}, {4}) ON CONFLICT DO NOTHING";

    public async Task Run(CancellationToken ct)
    {
        var open = await db.Alerts.AsNoTracking().Where(a => a.EndedAt == null).ToDictionaryAsync(a => a.Name, StringComparer.Ordinal, ct);
        var names = open.Keys.ToHashSet(StringComparer.Ordinal);
        var changed = false;
        foreach (var condition in conditions)
        {
            IReadOnlyList<Finding> found;
            try
            {
                found = await condition.Judge(names, ct);
            }
            catch (Exception e) when (e is not OperationCanceledException)
            {
                // Not known is neither raised nor over.
                logger.LogWarning(e, "{Condition} could not be judged; the next round tries again", condition.GetType().Name);
                continue;
            }

            foreach (var name in condition.Names)
            {
                changed |= await TrySettle(name, open.GetValueOrDefault(name), found.FirstOrDefault(f => f.Name == name), ct);
            }
        }

        var now = await db.Alerts.AsNoTracking().Where(a => a.EndedAt == null).OrderBy(a => a.Id).ToListAsync(ct);
        standing.Set(now.ToDictionary(a => a.Name, a => a.Level, StringComparer.Ordinal));
        if (changed)
        {
            watchers.Tell(new AlertsEvent("admin.alerts", [.. now.Select(a => AlertView.Of(a, []))]));
        }
    }

    /// <summary>One that cannot be written must not silence the others.</summary>
    private async Task<bool> TrySettle(string name, AlertRow? row, Finding? finding, CancellationToken ct)
    {
        try
        {
            return await Settle(row, finding, ct);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.LogWarning(e, "The alert {Name} could not be settled; the next round tries again", name);

            // What it wanted to add would be added with the next one.
            db.ChangeTracker.Clear();
            return false;
        }
    }

    /// <returns>Whether anything is different now.</returns>
    private async Task<bool> Settle(AlertRow? row, Finding? finding, CancellationToken ct)
    {
        switch (row, finding)
        {
            case (null, { }):
                return await Raise(finding, ct);
            case ({ }, null):
                return await End(row, ct);
            case ({ }, { }):
                var isDue = options.Value.RepeatHours > 0 && time.Now() - row.ToldAt >= options.Value.RepeatHours * 60L * 60 * 1000;
                return isDue || finding.Level > row.Level ? await Repeat(row, finding, ct)
                    : (row.Facts != finding.ToJson() || row.Level != finding.Level) && await Refresh(row, finding, ct);
            default:
                return false;
        }
    }

    private async Task<bool> Raise(Finding finding, CancellationToken ct)
    {
        var row = new AlertRow { Id = Guid.CreateVersion7(time.GetUtcNow()), Name = finding.Name, Level = finding.Level, Facts = finding.ToJson(), OpenedAt = time.Now() };
        var to = await telling.Addressees(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await db.Database.ExecuteSqlRawAsync(Open, [database.Id(row.Id), row.Name, (int)row.Level, row.Facts, row.OpenedAt], ct) == 0)
        {
            return false;
        }

        await telling.Owe(db, row, AlertNews.Raised, to, ct);
        await transaction.CommitAsync(CancellationToken.None);
        logger.LogWarning("Alert {Name} ({Level}) is raised: {Facts}", row.Name, row.Level, row.Facts);
        return true;
    }

    private async Task<bool> Repeat(AlertRow row, Finding finding, CancellationToken ct)
    {
        var (facts, level, now, before) = (finding.ToJson(), finding.Level, time.Now(), row.ToldAt);
        var to = await telling.Addressees(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await db.Alerts.Where(a => a.Id == row.Id && a.EndedAt == null && a.ToldAt == before && a.Level == row.Level)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.ToldAt, now).SetProperty(a => a.Facts, facts).SetProperty(a => a.Level, level), ct) == 0)
        {
            return false;
        }

        (row.Facts, row.Level) = (facts, level);
        await telling.Owe(db, row, AlertNews.Lasts, to, ct);
        await transaction.CommitAsync(CancellationToken.None);
        logger.LogWarning("Alert {Name} ({Level}) lasts: {Facts}", row.Name, row.Level, row.Facts);
        return true;
    }

    /// <summary>What it says now, without telling anybody who does not look.</summary>
    private async Task<bool> Refresh(AlertRow row, Finding finding, CancellationToken ct)
    {
        var (facts, level) = (finding.ToJson(), finding.Level);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        var done = await db.Alerts.Where(a => a.Id == row.Id && a.EndedAt == null).ExecuteUpdateAsync(set => set.SetProperty(a => a.Facts, facts).SetProperty(a => a.Level, level), ct) > 0;
        await transaction.CommitAsync(CancellationToken.None);
        return done;
    }

    private async Task<bool> End(AlertRow row, CancellationToken ct)
    {
        row.EndedAt = time.Now();
        var to = await telling.Addressees(ct);
        await using var transaction = await db.Database.BeginTransactionAsync(ct);
        if (await db.Alerts.Where(a => a.Id == row.Id && a.EndedAt == null).ExecuteUpdateAsync(set => set.SetProperty(a => a.EndedAt, row.EndedAt), ct) == 0)
        {
            return false;
        }

        await telling.Owe(db, row, AlertNews.Over, to, ct);
        await transaction.CommitAsync(CancellationToken.None);
        logger.LogInformation("Alert {Name} is over", row.Name);
        return true;
    }

    private sealed record AlertsEvent(string Type, IReadOnlyList<AlertView> Items);
}
