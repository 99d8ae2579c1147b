using System.Data.Common;

namespace ChatMonolith.Contracts.Files;

/// <param name="Id">The blob's random name.</param>
/// <param name="Size">In bytes; null where the database does not say.</param>
/// <param name="Sha256">Null where the database does not say.</param>
public sealed record StoredBlob(Guid Id, long? Size, byte[]? Sha256);

/// <summary>The bytes of files, for backups: a blob never changes once it is there.</summary>
public interface IStoredBytes
{
    /// <summary>Until it is disposed no blob is removed that some row refers to now.</summary>
    Task<IDisposable> Hold(CancellationToken ct);

    /// <summary>What the rows of a database, or of a copy of one, refer to; each blob once.</summary>
    IAsyncEnumerable<StoredBlob> Needed(DbConnection connection, CancellationToken ct);

    /// <summary>Null if it is not there.</summary>
    Task<Stream?> Read(Guid id, CancellationToken ct);

    /// <summary>Null if it is not there.</summary>
    Task<long?> Length(Guid id, CancellationToken ct);

    /// <summary>Writes a whole blob, durable under its name when this returns.</summary>
    Task Write(Guid id, Stream bytes, CancellationToken ct);

    /// <summary>The same for a copy of the data folder; null where the bytes lie outside of it (S3, a folder of their own).</summary>
    IStoredBytes? In(string dataFolder);
}
