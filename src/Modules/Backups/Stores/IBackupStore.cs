namespace ChatMonolith.Backups.Stores;

/// <param name="Name">Relative, with <c>/</c> between its parts.</param>
/// <param name="Size">In bytes.</param>
/// <param name="At">When it was written, by the store's clock.</param>
internal sealed record StoreEntry(string Name, long Size, DateTimeOffset At);

/// <summary>
/// Where backups lie: <c>objects/</c>, <c>manifests/</c>, <c>points/</c> and <c>keys/</c>. Names come from this program alone. Nothing is
/// ever changed in place; what is written appears whole or not at all.
/// </summary>
internal interface IBackupStore : IDisposable
{
    /// <summary>For people.</summary>
    string Place { get; }

    /// <summary>Durable under its name when this returns.</summary>
    Task Write(string name, ReadOnlyMemory<byte> bytes, CancellationToken ct);

    /// <summary>Null if it is not there.</summary>
    Task<Stream?> Read(string name, CancellationToken ct);

    /// <summary>Null if it is not there.</summary>
    Task<long?> Length(string name, CancellationToken ct);

    IAsyncEnumerable<StoreEntry> List(string folder, CancellationToken ct);

    Task Remove(string name, CancellationToken ct);
}

internal static class StoreNames
{
    public const string Objects = "objects";
    public const string Points = "points";
    public const string Manifests = "manifests";
    /// <summary>What is younger and belongs to no point may be of one that another server is making; a backup takes less.</summary>
    public static readonly TimeSpan Young = TimeSpan.FromDays(1);

    public const string PassphraseKey = "keys/passphrase.key";

    public static string OfObject(string name) => $"{Objects}/{name[..2]}/{name}";

    public static string OfPoint(Guid id) => $"{Points}/{id:N}.point";

    public static string OfManifest(Guid id) => $"{Manifests}/{id:N}";

    /// <returns>Null for what is no point.</returns>
    public static Guid? PointOf(string name) =>
        name.EndsWith(".point", StringComparison.Ordinal) && Guid.TryParseExact(name[(Points.Length + 1)..^".point".Length], "N", out var id) ? id : null;

    /// <summary>The whole of a small thing.</summary>
    /// <returns>Null if it is not there.</returns>
    /// <exception cref="Format.BackupDamagedException">It is longer than it can be.</exception>
    public static async Task<byte[]?> ReadWhole(this IBackupStore store, string name, long most, CancellationToken ct)
    {
        await using var stream = await store.Read(name, ct).ConfigureAwait(false);
        if (stream is null)
        {
            return null;
        }

        var bytes = new MemoryStream();
        var buffer = new byte[81_920];
        int read;
        while ((read = await stream.ReadAsync(buffer, ct).ConfigureAwait(false)) > 0)
        {
            bytes.Write(buffer, 0, bytes.Length + read <= most ? read : throw new Format.BackupDamagedException($"{name} is longer than it can be"));
        }

        return bytes.ToArray();
    }
}
