namespace ChatMonolith.Backups.Format;

/// <summary>What the person at the terminal, or the operator, can mend: one sentence.</summary>
internal sealed class BackupRefusedException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>The backup is not what its server wrote.</summary>
internal sealed class BackupDamagedException(string message) : Exception(message);

/// <summary>The key or the passphrase opens nothing of it. Told apart from damage only after a header's MAC was right.</summary>
internal sealed class WrongKeyException(string message) : Exception(message);

/// <summary>An object of the store as a point knows it.</summary>
/// <param name="Name">Below <c>objects/</c>: 64 hex digits.</param>
/// <param name="Size">Of the ciphertext.</param>
/// <param name="Sha256">Of the ciphertext, in hex.</param>
internal sealed record ObjectFact(string Name, long Size, string Sha256);

/// <summary>
/// The public part of a point, signed by the server: enough to check every byte of it without a key. It tells no more than the store
/// itself does, beside the sum of the sizes and the kind of database.
/// </summary>
internal sealed record PointBody
{
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    public required Guid Id { get; init; }

    /// <summary>UTC milliseconds; of the snapshot.</summary>
    public required long CreatedAt { get; init; }

    /// <summary><c>sqlite</c> or <c>postgresql</c>.</summary>
    public required string Database { get; init; }

    /// <summary>Why it was made: <c>schedule</c>, <c>request</c>, <c>migration</c>, <c>chatctl</c>.</summary>
    public required string Reason { get; init; }

    /// <summary>Bytes of plaintext.</summary>
    public required long Bytes { get; init; }

    public required long Files { get; init; }

    /// <summary>The ids of the keys that open it.</summary>
    public required IReadOnlyList<string> Keys { get; init; }

    /// <summary>The encrypted manifest, below <c>manifests/</c> under the point's id.</summary>
    public required ObjectFact Manifest { get; init; }

    public required IReadOnlyList<ObjectFact> Objects { get; init; }

    /// <summary>The wrapped key that a passphrase opens; null without a passphrase.</summary>
    public ObjectFact? PassphraseKey { get; init; }
}

/// <param name="Object">The name of the object that holds it.</param>
/// <param name="Length">Of the plaintext.</param>
/// <param name="Sha256">Of the plaintext.</param>
internal sealed record Chunk(string Object, int Length, string Sha256);

internal sealed record Content(long Size, string Sha256, IReadOnlyList<Chunk> Chunks);

internal sealed record RoomFact(Guid RoomId, long Seq, string Digest);

internal sealed record TableFact(string Name, long Rows);

internal sealed record BlobFact(Guid Id, Content Content);

internal sealed record SecretFact(string Name, string Base64);

/// <summary>The private part of a point, encrypted: what it holds, in which order, and what must be found in it once restored.</summary>
internal sealed record Manifest
{
    public required Guid Id { get; init; }

    public required long CreatedAt { get; init; }

    public required string ServerVersion { get; init; }

    public required string Database { get; init; }

    public required string? Epoch { get; init; }

    /// <summary>The migrations that the database had, <c>table:name</c>.</summary>
    public required IReadOnlyList<string> Schema { get; init; }

    public required IReadOnlyList<TableFact> Tables { get; init; }

    public required IReadOnlyList<RoomFact> Rooms { get; init; }

    public required Content Dump { get; init; }

    public required IReadOnlyList<BlobFact> Blobs { get; init; }

    /// <summary>Blobs that the database refers to and that were not there when the backup was made.</summary>
    public required IReadOnlyList<Guid> Missing { get; init; }

    public required IReadOnlyList<SecretFact> Secrets { get; init; }
}
