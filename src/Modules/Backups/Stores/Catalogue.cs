using System.Runtime.CompilerServices;
using ChatMonolith.Backups.Format;

namespace ChatMonolith.Backups.Stores;

/// <param name="Id">By its name.</param>
/// <param name="Body">Null where the file is damaged or not this signer's.</param>
/// <param name="Problem">Why.</param>
internal sealed record FoundPoint(Guid Id, PointBody? Body, string? Problem);

/// <summary>What lies in a store.</summary>
internal static class Catalogue
{
    /// <summary>All points, the newest first, each read when its turn comes: one of a large server names a hundred thousand objects. One that is removed meanwhile is not among them.</summary>
    /// <param name="store">Where they lie.</param>
    /// <param name="signer">Whose they have to be; null: anybody's.</param>
    /// <param name="ct">Stops between two.</param>
    /// <param name="before">Only those made before this one, in <c>N</c> format.</param>
    public static async IAsyncEnumerable<FoundPoint> Each(IBackupStore store, SigningKey.Verifier? signer, [EnumeratorCancellation] CancellationToken ct, string? before = null)
    {
        var ids = new List<Guid>();
        await foreach (var entry in store.List(StoreNames.Points, ct).ConfigureAwait(false))
        {
            if (StoreNames.PointOf(entry.Name) is { } id)
            {
                ids.Add(id);
            }
        }

        // Version 7: their order is that of their making.
        foreach (var id in ids.Where(i => before is null || string.CompareOrdinal(i.ToString("N"), before) < 0).OrderByDescending(i => i.ToString("N"), StringComparer.Ordinal))
        {
            if (await Find(store, id, signer, ct).ConfigureAwait(false) is { } point)
            {
                yield return point;
            }
        }
    }

    /// <summary>All of them at once.</summary>
    public static async Task<List<FoundPoint>> Points(IBackupStore store, SigningKey.Verifier? signer, CancellationToken ct) =>
        await Each(store, signer, ct).ToListAsync(ct).ConfigureAwait(false);

    public static async Task<FoundPoint> Read(IBackupStore store, Guid id, SigningKey.Verifier? signer, CancellationToken ct) =>
        await Find(store, id, signer, ct).ConfigureAwait(false) ?? new FoundPoint(id, null, "the point is not there");

    /// <returns>Null if it is not there.</returns>
    private static async Task<FoundPoint?> Find(IBackupStore store, Guid id, SigningKey.Verifier? signer, CancellationToken ct)
    {
        try
        {
            var file = await store.ReadWhole(StoreNames.OfPoint(id), PointFile.MostBytes, ct).ConfigureAwait(false);
            if (file is null)
            {
                return null;
            }

            var body = PointFile.Read(file, signer);
            return body.Id == id ? new FoundPoint(id, body, null) : new FoundPoint(id, null, "the point lies under another's name");
        }
        catch (BackupDamagedException e)
        {
            return new FoundPoint(id, null, e.Message);
        }
    }

    /// <summary>The objects that points of this signer name and that are there in their size: they need not be written again.</summary>
    public static async Task<IReadOnlyDictionary<string, ObjectFact>> Objects(IBackupStore store, SigningKey.Verifier signer, CancellationToken ct)
    {
        var named = new Dictionary<string, ObjectFact>(StringComparer.Ordinal);
        await foreach (var point in Each(store, signer, ct).ConfigureAwait(false))
        {
            foreach (var fact in point.Body?.Objects ?? [])
            {
                named.TryAdd(fact.Name, fact);
            }
        }

        var there = new Dictionary<string, ObjectFact>(StringComparer.Ordinal);
        await foreach (var (name, size, _) in AllObjects(store, ct).ConfigureAwait(false))
        {
            if (named.TryGetValue(name, out var fact) && fact.Size == size)
            {
                there[name] = fact;
            }
        }

        return there;
    }

    public static async IAsyncEnumerable<(string Name, long Size, DateTimeOffset At)> AllObjects(IBackupStore store, [EnumeratorCancellation] CancellationToken ct)
    {
        await foreach (var entry in store.List(StoreNames.Objects, ct).ConfigureAwait(false))
        {
            var name = entry.Name[(entry.Name.LastIndexOf('/') + 1)..];
            if (PointFile.IsObjectName(name))
            {
                yield return (name, entry.Size, entry.At);
            }
        }
    }
}
