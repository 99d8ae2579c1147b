namespace ChatMonolith.Files.Data;

/// <summary>Files on their way to somebody, for a time.</summary>
internal sealed class TransferRow
{
    public const int MaxMessage = 2_000;
    public const int MaxKdf = 512;

    public Guid Id { get; set; }

    public Guid SenderId { get; set; }

    public string Message { get; set; } = "";

    public bool Encrypted { get; set; }

    public int? MaxDownloads { get; set; }

    public int DownloadCount { get; set; }

    /// <summary>SHA-256 of the link's secret; null where the client made it.</summary>
    public byte[]? SecretHash { get; set; }

    public byte[]? PasswordHash { get; set; }

    /// <summary>SHA-256 of the key that only who has the link, and its password, can derive.</summary>
    public byte[]? LinkAuthHash { get; set; }

    /// <summary>JSON, as the client made it.</summary>
    public string? LinkKdf { get; set; }

    public long CreatedAt { get; set; }

    public long ExpiresAt { get; set; }

    public long? RevokedAt { get; set; }

    /// <summary>Its files are let go of.</summary>
    public long? EndedAt { get; set; }
}

/// <summary>A file as it was when it was sent: a later version, or the file's end, does not change what was sent.</summary>
internal sealed class TransferFileRow
{
    public Guid TransferId { get; set; }

    public Guid FileId { get; set; }

    public int Position { get; set; }

    /// <summary>Null once the transfer has let go of it.</summary>
    public Guid? BlobId { get; set; }

    public string Name { get; set; } = "";

    public long Size { get; set; }

    public string ContentType { get; set; } = "";

    public byte[] Sha256 { get; set; } = [];

    public int? Width { get; set; }

    public int? Height { get; set; }

    public int Version { get; set; }

    public bool Encrypted { get; set; }

    public long CreatedAt { get; set; }
}

internal sealed class RecipientRow
{
    public const int MaxEmail = 254;

    public Guid TransferId { get; set; }

    public int Number { get; set; }

    public Guid? UserId { get; set; }

    /// <summary>As the sender wrote it, if they named an address.</summary>
    public string? Email { get; set; }

    public long? DownloadedAt { get; set; }
}

/// <summary>A download token, and, once content has begun to flow for it, its lease.</summary>
internal sealed class TokenRow
{
    public Guid Id { get; set; }

    public Guid TransferId { get; set; }

    public byte[] Hash { get; set; } = [];

    public Guid? UserId { get; set; }

    public long IssuedAt { get; set; }

    public long ExpiresAt { get; set; }

    /// <summary>When the token took its one download.</summary>
    public long? TakenAt { get; set; }
}
