namespace ChatMonolith.Chatctl.Moving;

internal sealed record ExportedTable(string Name, long Rows, string Sha256);

internal sealed record ExportedRoom(Guid RoomId, long Seq, string Digest);

internal sealed record ExportedBlob(Guid Id, long Size, string Sha256);

/// <summary><c>export.json</c>, written last: an export without it is none (docs/export-format.md).</summary>
internal sealed record ExportFile
{
    public const string Name = "export.json";
    public const int CurrentFormat = 1;

    public int Format { get; init; } = CurrentFormat;

    public required string CreatedAt { get; init; }

    public required string Database { get; init; }

    public required IReadOnlyList<string> Schema { get; init; }

    public required IReadOnlyList<ExportedTable> Tables { get; init; }

    public required IReadOnlyList<ExportedRoom> Rooms { get; init; }

    public required IReadOnlyList<ExportedBlob> Blobs { get; init; }

    public required IReadOnlyList<Guid> Missing { get; init; }
}
