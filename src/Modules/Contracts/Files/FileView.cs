using ChatMonolith.BuildingBlocks.Time;

namespace ChatMonolith.Contracts.Files;

/// <summary>The contract's <c>file</c>.</summary>
/// <param name="Id">The file's, over all its versions.</param>
/// <param name="Name">As its owner called it, cleaned; at most 255 bytes of UTF-8.</param>
/// <param name="Size">In bytes.</param>
/// <param name="ContentType">By its signature, not by its name or by what was said of it.</param>
/// <param name="Sha256">Of the bytes as they are stored, in lower-case hex.</param>
/// <param name="Width">In pixels, of pictures whose kind is known.</param>
/// <param name="Height">In pixels.</param>
/// <param name="OwnerId">Who sent it.</param>
/// <param name="RoomId">The room that it is in; null while it is its owner's alone.</param>
/// <param name="RecipientId">The person that it was sent to.</param>
/// <param name="Version">1 for the first.</param>
/// <param name="Encrypted">Made by a client's encryption; the server cannot read it.</param>
/// <param name="ExpiresAt">When it goes by itself; null: never.</param>
/// <param name="HasThumbnail"><c>GET /files/{id}/thumbnail</c> has something to show.</param>
/// <param name="DownloadCount">Downloads begun at the first byte, transfers apart.</param>
/// <param name="CreatedAt">When its first version was complete.</param>
public sealed record FileView(
    Guid Id,
    string Name,
    long Size,
    string ContentType,
    string Sha256,
    int? Width,
    int? Height,
    Guid OwnerId,
    Guid? RoomId,
    Guid? RecipientId,
    int Version,
    bool Encrypted,
    Instant? ExpiresAt,
    bool HasThumbnail,
    long DownloadCount,
    Instant CreatedAt);
