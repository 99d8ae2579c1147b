using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Files.Data;

namespace ChatMonolith.Files.Listing;

internal static class FileViews
{
    public static FileView ToView(this FileRow f) => new(
        f.Id, f.Name, f.Size, f.ContentType, Convert.ToHexStringLower(f.Sha256), f.Width, f.Height, f.OwnerId, f.RoomId, f.RecipientId, f.Version, f.Encrypted,
        Instant.From(f.ExpiresAt), f.ThumbnailId is not null, f.DownloadCount, f.CreatedAt);

    /// <summary>As it was sent; who gets it learns nothing of where else it is.</summary>
    public static FileView ToView(this TransferFileRow f, TransferRow transfer) => new(
        f.FileId, f.Name, f.Size, f.ContentType, Convert.ToHexStringLower(f.Sha256), f.Width, f.Height, transfer.SenderId, RoomId: null, RecipientId: null, f.Version, f.Encrypted,
        transfer.ExpiresAt, HasThumbnail: false, transfer.DownloadCount, f.CreatedAt);
}
