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
    /// <summary>All points, the newest first. One that is removed meanwhile is not among them.</summary>
    public static async Task<List<FoundPoint>> Points(IBackupStore store, SigningKey.Verifier? signer, CancellationToken ct)
    {
        var found = new List<FoundPoint>();
        await foreach (var entry in store.List(StoreNames.Points, ct).ConfigureAwait(false))
        {
            if (StoreNames.PointOf(entry.Name) is { } id && await Find(store, id, signer, ct).ConfigureAwait(false) is { } point)
            {
                found.Add(point);
            }
        }

        // Version 7: their order is that of their making.
        return [.. found.OrderByDescending(p => p.Id.ToString("N"), StringComparer.Ordinal)];
    }

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
        foreach (var fact in (await Points(store, signer, ct).ConfigureAwait(false)).SelectMany(p => p.Body?.Objects ?? []))
        {
            named.TryAdd(fact.Name, fact);
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
