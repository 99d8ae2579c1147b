namespace ChatMonolith.Rooms.Storage;

/// <summary>A room's picture, stripped of all that is not the picture.</summary>
internal sealed class RoomAvatar
{
    public required Guid RoomId { get; init; }

    public required string Version { get; set; }

    public required string ContentType { get; set; }

    public required byte[] Bytes { get; set; }
}
