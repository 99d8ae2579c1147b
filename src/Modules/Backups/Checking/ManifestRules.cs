using ChatMonolith.Backups.Creating;
using ChatMonolith.Backups.Format;

namespace ChatMonolith.Backups.Checking;

/// <summary>
/// What a manifest may say. It names no path: the database, the secrets and the blobs have places that this program knows, so a hostile
/// one can lead nowhere; and it can ask for no more bytes than the objects that stand behind it hold.
/// </summary>
internal static class ManifestRules
{
    private const int MostRooms = 10_000_000;
    private const int SecretBytesMax = 4096;
    private static readonly string[] SecretNames = ["secret.key", SigningKey.FileName];

    public static bool Holds(Manifest manifest, PointBody point)
    {
        if (manifest.Database is not (Snapshot.Sqlite or Snapshot.Postgres) || manifest.Database != point.Database
            || manifest.Tables is null || manifest.Rooms is null || manifest.Dump is null || manifest.Blobs is null || manifest.Secrets is null || manifest.Schema is null || manifest.Missing is null)
        {
            return false;
        }

        var names = point.Objects.Select(o => o.Name).ToHashSet(StringComparer.Ordinal);
        return IsContent(manifest.Dump, names)
            && manifest.Blobs.All(b => b is { Content: not null } && IsContent(b.Content, names))
            && manifest.Blobs.DistinctBy(b => b.Id).Count() == manifest.Blobs.Count
            && manifest.Rooms.Count <= MostRooms
            && manifest.Secrets.All(s => s is { Base64.Length: <= SecretBytesMax } && SecretNames.Contains(s.Name, StringComparer.Ordinal))
            && manifest.Secrets.DistinctBy(s => s.Name).Count() == manifest.Secrets.Count
            && manifest.Tables.All(t => t is { Name.Length: > 0 and < 64 } && t.Name.All(c => char.IsAsciiLetterOrDigit(c) || c == '_'));
    }

    private static bool IsContent(Content content, HashSet<string> names) =>
        content is { Chunks: not null, Sha256.Length: 64 }
        && content.Chunks.All(c => c is { Length: > 0 and <= ChunkCodec.MostBytes, Sha256.Length: 64 } && names.Contains(c.Object))
        && content.Chunks.Sum(c => (long)c.Length) == content.Size;
}
