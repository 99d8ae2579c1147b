using System.Globalization;
using ChatMonolith.Backups.Stores;

namespace ChatMonolith.Backups.Creating;

/// <summary>
/// Keeps the newest points, and the newest one of each of the last days, weeks and months; then removes what no point needs.
/// What is younger than a day stays: it may belong to a point that another server is making in the same store. While any point cannot be
/// read nothing is removed: what it needs is not known.
/// </summary>
internal sealed class Pruning(BackupsOptions options, TimeProvider time)
{
    /// <returns>Points and objects that were removed.</returns>
    public async Task<(int Points, int Objects)> Run(IBackupStore store, Format.SigningKey.Verifier signer, CancellationToken ct)
    {
        var points = await Catalogue.Points(store, null, ct).ConfigureAwait(false);
        if (points.Exists(p => p.Body is null))
        {
            return (0, 0);
        }

        // Only what this server has signed is its own to judge; what others made stays, with all that it needs.
        var own = new List<(Guid Id, long At)>();
        foreach (var point in points)
        {
            if ((await Catalogue.Read(store, point.Id, signer, ct).ConfigureAwait(false)).Body is { } body)
            {
                own.Add((point.Id, body.CreatedAt));
            }
        }

        var kept = Kept(own);
        var gone = own.Where(p => !kept.Contains(p.Id)).Select(p => p.Id).ToHashSet();
        foreach (var id in gone)
        {
            await store.Remove(StoreNames.OfPoint(id), ct).ConfigureAwait(false);
            await store.Remove(StoreNames.OfManifest(id), ct).ConfigureAwait(false);
        }

        var needed = points.Where(p => !gone.Contains(p.Id)).SelectMany(p => p.Body!.Objects).Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        var unneeded = new List<string>();
        var settled = time.GetUtcNow() - StoreNames.Young;
        await foreach (var (name, _, at) in Catalogue.AllObjects(store, ct).ConfigureAwait(false))
        {
            if (!needed.Contains(name) && at < settled)
            {
                unneeded.Add(name);
            }
        }

        foreach (var name in unneeded)
        {
            await store.Remove(StoreNames.OfObject(name), ct).ConfigureAwait(false);
        }

        return (gone.Count, unneeded.Count);
    }

    /// <param name="points">In any order.</param>
    public HashSet<Guid> Kept(IReadOnlyCollection<(Guid Id, long At)> points)
    {
        var kept = new HashSet<Guid>();
        var newestFirst = points.OrderByDescending(p => p.At).Select(p => (p.Id, At: DateTimeOffset.FromUnixTimeMilliseconds(p.At))).ToList();
        kept.UnionWith(newestFirst.Take(options.KeepLast).Select(p => p.Id));
        Keep(newestFirst, kept, options.KeepDaily, at => at.Date.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture));
        Keep(newestFirst, kept, options.KeepWeekly, at => string.Create(CultureInfo.InvariantCulture, $"{ISOWeek.GetYear(at.Date)}-{ISOWeek.GetWeekOfYear(at.Date)}"));
        Keep(newestFirst, kept, options.KeepMonthly, at => at.Date.ToString("yyyy-MM", CultureInfo.InvariantCulture));
        return kept;
    }

    private static void Keep(List<(Guid Id, DateTimeOffset At)> newestFirst, HashSet<Guid> kept, int count, Func<DateTimeOffset, string> span) =>
        kept.UnionWith(newestFirst.DistinctBy(p => span(p.At)).Take(count).Select(p => p.Id));
}
