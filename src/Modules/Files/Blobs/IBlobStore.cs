namespace ChatMonolith.Files.Blobs;

/// <summary>How far an unfinished blob is durable, and what its store needs to go on with it after a restart, on any node.</summary>
/// <param name="Offset">Bytes.</param>
/// <param name="Parts">The store's own words; at most 131,072 characters.</param>
internal sealed record BlobState(long Offset, string Parts)
{
    public static readonly BlobState None = new(0, "");
}

/// <summary>A blob that was found in the store, finished or not.</summary>
/// <param name="Id">Its name.</param>
/// <param name="ChangedAt">UTC milliseconds.</param>
/// <param name="IsUnfinished">A piece that only an upload that goes on has a use for.</param>
internal sealed record FoundBlob(Guid Id, long ChangedAt, bool IsUnfinished);

/// <summary>What was durable is not there any more: the upload cannot go on.</summary>
internal sealed class BlobLostException(string message) : IOException(message);

/// <summary>Bytes under random names. A finished blob never changes.</summary>
internal interface IBlobStore
{
    /// <summary>Begins a blob, or goes on with one; what was written after <paramref name="state"/> is forgotten.</summary>
    /// <exception cref="BlobLostException">The store does not have what it said to have.</exception>
    Task<BlobWriter> Write(Guid id, long? length, BlobState state, CancellationToken ct);

    /// <summary>Reads a finished blob; null if it is not there.</summary>
    Task<Stream?> Read(Guid id, long offset, long count, CancellationToken ct);

    /// <summary>The length of a finished blob; null if it is not there.</summary>
    Task<long?> Length(Guid id, CancellationToken ct);

    /// <summary>Removes a blob, finished or not; what is not there is no error.</summary>
    /// <param name="id">Its name.</param>
    /// <param name="unfinished">Of a blob that was never finished.</param>
    /// <param name="ct">Cancels the calls.</param>
    Task Remove(Guid id, BlobState unfinished, CancellationToken ct);

    /// <summary>Removes what was left of the writing of a blob, and leaves the blob.</summary>
    Task RemoveUnfinished(Guid id, CancellationToken ct);

    /// <summary>All that is there; a blob may come twice, finished and as what was left of its writing.</summary>
    IAsyncEnumerable<FoundBlob> List(CancellationToken ct);
}

/// <summary>Writes one blob from its beginning to its end; one caller at a time.</summary>
internal abstract class BlobWriter : IAsyncDisposable
{
    /// <summary>Bytes so far, durable or not.</summary>
    public long Offset { get; protected set; }

    public abstract ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken ct);

    /// <summary>Makes all that was written durable. The answer is worth storing; until it is, the state before it stays good.</summary>
    public abstract Task<BlobState> Flush(CancellationToken ct);

    /// <summary>All is written: makes the blob durable under its name.</summary>
    public abstract Task Finish(CancellationToken ct);

    public abstract ValueTask DisposeAsync();
}
