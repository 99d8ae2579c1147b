using System.Security.Cryptography;
using ChatMonolith.BuildingBlocks.Errors;

namespace ChatMonolith.BuildingBlocks.Pictures;

/// <summary>
/// A still picture with nothing in it but the picture: where it was taken, by what, previews, comments and whatever else a camera or a
/// program puts beside it are left out. It is not decoded: the parts of the file that hold the picture are copied, all others are not.
/// </summary>
/// <param name="Bytes">The file.</param>
/// <param name="ContentType">By its signature, not by what its sender said.</param>
/// <param name="Width">In pixels.</param>
/// <param name="Height">In pixels.</param>
public sealed record Picture(byte[] Bytes, string ContentType, int Width, int Height)
{
    public const int MaxBytes = 2 * 1024 * 1024;

    /// <summary>A side of more pixels costs those who look at it memory that no avatar is worth.</summary>
    public const int MaxSide = 4096;

    public const int VersionLength = 16;

    /// <summary>Changes with the picture, and only with it.</summary>
    public string Version => Convert.ToHexStringLower(SHA256.HashData(Bytes).AsSpan(0, VersionLength / 2));

    /// <returns>The picture; <c>unsupported_media</c> for what is none, <c>validation</c> for one with too long a side.</returns>
    public static Result<Picture> Read(ReadOnlySpan<byte> file)
    {
        Picture? picture;
        try
        {
            picture = PngParts.Keep(file) ?? JpegParts.Keep(file) ?? WebpParts.Keep(file) ?? GifParts.Keep(file);
        }
        catch (Exception e) when (e is ArgumentOutOfRangeException or IndexOutOfRangeException)
        {
            // A length in the file leads beyond its end.
            picture = null;
        }

        return picture switch
        {
            null => new Error(ErrorCodes.UnsupportedMedia, "Send a picture as PNG, JPEG, WebP or GIF; this is none, or it is damaged."),
            { Width: < 1 or > MaxSide } or { Height: < 1 or > MaxSide } => Error.Validation("picture", $"A picture has 1 to {MaxSide} pixels a side."),
            _ => picture,
        };
    }
}
