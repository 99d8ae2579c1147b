using System.Security.Cryptography;
using System.Text.Json;
using ChatMonolith.Backups.Creating;
using ChatMonolith.Backups.Format;
using ChatMonolith.Backups.Stores;
using ChatMonolith.FileFormat;

namespace ChatMonolith.Backups.Checking;

/// <param name="Problems">The first hundred of what was found.</param>
/// <param name="Objects">That were looked at.</param>
/// <param name="Bytes">Of ciphertext that was read.</param>
/// <param name="WithKey">Everything was decrypted too, and every content compared with what the manifest says.</param>
internal sealed record CheckResult(IReadOnlyList<string> Problems, int Objects, long Bytes, bool WithKey)
{
    public bool IsWhole => Problems.Count == 0;
}

/// <summary>
/// Reads all of a point. Without a key each byte is compared with the signed hashes of the ciphertext; with one it is also decrypted and
/// put together, without writing anything.
/// </summary>
internal sealed class PointCheck(IBackupStore store, IProgress<BackupProgress>? progress = null)
{
    private const int MostProblems = 100;
    private readonly List<string> problems = [];
    private long bytes;

    public async Task<CheckResult> Run(PointBody point, PrivateKey? key, CancellationToken ct)
    {
        var total = point.Objects.Sum(o => o.Size) + point.Manifest.Size;
        var sealedManifest = await Same(StoreNames.OfManifest(point.Id), point.Manifest, ct).ConfigureAwait(false);
        if (point.PassphraseKey is { } wrapped)
        {
            await Same(StoreNames.PassphraseKey, wrapped, ct).ConfigureAwait(false);
        }

        // With a key the objects are read in the order of the contents; those that no content names come after.
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var facts = point.Objects.ToDictionary(o => o.Name, StringComparer.Ordinal);
        if (key is not null && sealedManifest is not null)
        {
            await CheckContents(point, sealedManifest, key, facts, seen, total, ct).ConfigureAwait(false);
        }

        foreach (var fact in point.Objects.Where(o => seen.Add(o.Name)))
        {
            await Same(StoreNames.OfObject(fact.Name), fact, ct).ConfigureAwait(false);
            progress?.Report(new BackupProgress("check", bytes, total));
        }

        return new CheckResult(problems, point.Objects.Count + 1, bytes, key is not null);
    }

    /// <summary>The manifest of a point, opened.</summary>
    /// <exception cref="WrongKeyException">The point was not made for this key.</exception>
    /// <exception cref="BackupDamagedException">It was, and does not open, or says what none says.</exception>
    public static async Task<Manifest> Open(byte[] sealedManifest, PointBody point, PrivateKey key, CancellationToken ct)
    {
        if (!point.Keys.Contains(Convert.ToHexStringLower(key.Public.Id), StringComparer.Ordinal))
        {
            throw new WrongKeyException($"This backup was not made for this key ({Convert.ToHexStringLower(key.Public.Id)}), but for {string.Join(", ", point.Keys)}.");
        }

        var plain = await ChunkCodec.OpenWhole(new MemoryStream(sealedManifest, writable: false), key, PointFile.MostBytes, ct).ConfigureAwait(false);
        Manifest? manifest;
        try
        {
            manifest = JsonSerializer.Deserialize<Manifest>(plain, JsonSerializerOptions.Web);
        }
        catch (JsonException)
        {
            throw new BackupDamagedException("the manifest cannot be read");
        }

        return manifest is not null && manifest.Id == point.Id && ManifestRules.Holds(manifest, point) ? manifest : throw new BackupDamagedException("the manifest says what no manifest can");
    }

    private async Task CheckContents(PointBody point, byte[] sealedManifest, PrivateKey key, Dictionary<string, ObjectFact> facts, HashSet<string> seen, long total, CancellationToken ct)
    {
        Manifest manifest;
        try
        {
            manifest = await Open(sealedManifest, point, key, ct).ConfigureAwait(false);
        }
        catch (BackupDamagedException e)
        {
            Tell(e.Message);
            return;
        }

        var opened = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var content in manifest.Blobs.Select(b => b.Content).Prepend(manifest.Dump))
        {
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var isWhole = true;
            foreach (var chunk in content.Chunks)
            {
                var sealedBytes = facts.TryGetValue(chunk.Object, out var fact) ? await Same(StoreNames.OfObject(chunk.Object), fact, ct, counts: seen.Add(chunk.Object)).ConfigureAwait(false) : null;
                progress?.Report(new BackupProgress("check", bytes, total));
                try
                {
                    hash.AppendData(sealedBytes is null ? throw new BackupDamagedException($"the object {chunk.Object} is not there as it was written") : await ChunkCodec.Open(new MemoryStream(sealedBytes), chunk, key, ct).ConfigureAwait(false));
                }
                catch (BackupDamagedException e)
                {
                    isWhole = false;
                    Tell(e.Message);
                }
            }

            if (isWhole && Convert.ToHexStringLower(hash.GetHashAndReset()) != content.Sha256)
            {
                Tell("a content does not have the hash that the manifest says");
            }
        }
    }

    /// <returns>The object's bytes; null, and a problem, when they are not those that were written.</returns>
    private async Task<byte[]?> Same(string name, ObjectFact fact, CancellationToken ct, bool counts = true)
    {
        try
        {
            var found = await store.ReadWhole(name, fact.Size, ct).ConfigureAwait(false);
            if (found is null)
            {
                Tell($"{name} is missing");
                return null;
            }

            bytes += counts ? found.Length : 0;
            if (found.Length == fact.Size && Convert.ToHexStringLower(SHA256.HashData(found)) == fact.Sha256)
            {
                return found;
            }

            Tell($"{name} is damaged");
        }
        catch (BackupDamagedException e)
        {
            Tell(e.Message);
        }
        catch (IOException e)
        {
            Tell($"{name} cannot be read: {e.Message}");
        }

        return null;
    }

    private void Tell(string problem)
    {
        if (problems.Count < MostProblems && !problems.Contains(problem, StringComparer.Ordinal))
        {
            problems.Add(problem);
        }
    }
}
