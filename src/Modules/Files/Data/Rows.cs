namespace ChatMonolith.Files.Data;

/// <summary>A file in its newest version.</summary>
internal sealed class FileRow
{
    public const int MaxName = 255;
    public const int MaxType = 100;

    public Guid Id { get; set; }

    public Guid OwnerId { get; set; }

    /// <summary>Where the bytes lie; random, and told to nobody.</summary>
    public Guid BlobId { get; set; }

    public string Name { get; set; } = "";

    /// <summary>What it is searched by.</summary>
    public string NameKey { get; set; } = "";

    public long Size { get; set; }

    public string ContentType { get; set; } = "";

    public byte[] Sha256 { get; set; } = [];

    public int? Width { get; set; }

    public int? Height { get; set; }

    public Guid? RoomId { get; set; }

    public Guid? RecipientId { get; set; }

    /// <summary>The message that shows it.</summary>
    public Guid? MessageId { get; set; }

    /// <summary>Its place among the message's files.</summary>
    public int Position { get; set; }

    /// <summary>It was sent as the message, not attached to it: it goes with it.</summary>
    public bool CameWithMessage { get; set; }

    public int Version { get; set; } = 1;

    public bool Encrypted { get; set; }

    public long? ExpiresAt { get; set; }

    public Guid? ThumbnailId { get; set; }

    public string? ThumbnailType { get; set; }

    public long DownloadCount { get; set; }

    public long CreatedAt { get; set; }

    /// <summary>When the newest version came.</summary>
    public long VersionAt { get; set; }

    /// <summary>The bytes were looked for and not found.</summary>
    public long? MissingAt { get; set; }

    public static string Key(string name) => name.ToLowerInvariant();
}

/// <summary>An earlier version of a file.</summary>
internal sealed class VersionRow
{
    public Guid FileId { get; set; }

    public int Number { get; set; }

    public Guid OwnerId { get; set; }

    public Guid BlobId { get; set; }

    public string Name { get; set; } = "";

    public long Size { get; set; }

    public string ContentType { get; set; } = "";

    public byte[] Sha256 { get; set; } = [];

    public int? Width { get; set; }

    public int? Height { get; set; }

    public bool Encrypted { get; set; }

    public long CreatedAt { get; set; }
}

/// <summary>A recipient took a file off their own list.</summary>
internal sealed class HiddenRow
{
    public Guid UserId { get; set; }

    public Guid FileId { get; set; }
}

/// <summary>An upload that goes on, or has ended lately.</summary>
internal sealed class UploadRow
{
    public const int MaxMetadata = 4_096;
    public const int MaxState = 131_072;
    public const int MaxClientId = 64;

    /// <summary>The id of the file that it becomes.</summary>
    public Guid Id { get; set; }

    public Guid OwnerId { get; set; }

    public Guid BlobId { get; set; }

    public long Length { get; set; }

    /// <summary>Bytes that are durable.</summary>
    public long Offset { get; set; }

    /// <summary>What the store needs to go on.</summary>
    public string State { get; set; } = "";

    public string Name { get; set; } = "";

    public string Metadata { get; set; } = "";

    public Guid? RoomId { get; set; }

    public Guid? RecipientId { get; set; }

    public string? ClientId { get; set; }

    public long CreatedAt { get; set; }

    public long ExpiresAt { get; set; }

    /// <summary>Complete: the file that it became, or that an earlier upload under the same client id had become.</summary>
    public Guid? FileId { get; set; }

    public Guid? MessageId { get; set; }
}

/// <summary>Bytes that are owed to be removed, if nothing else needs them.</summary>
internal sealed class UnneededRow
{
    public Guid BlobId { get; set; }

    public long Since { get; set; }
}

/// <summary>Somebody began to download a file.</summary>
internal sealed class DownloadRow
{
    public const int MaxAddress = 45;

    public Guid Id { get; set; }

    public Guid FileId { get; set; }

    public Guid? UserId { get; set; }

    public Guid? TransferId { get; set; }

    public string Address { get; set; } = "";

    public long At { get; set; }
}
