using System.Text;
using System.Text.Unicode;

namespace ChatMonolith.Files.Kinds;

/// <summary>What a file is, by its first bytes: a name and a sender's word prove nothing.</summary>
internal static class Signature
{
    /// <summary>Enough for all of them, and for the size of nearly every picture.</summary>
    public const int Looked = 64 * 1024;

    public const string Unknown = "application/octet-stream";
    public const string PlainText = "text/plain";

    /// <summary>Shown by a browser as what they are, and never run by it, with <c>nosniff</c> and an empty sandbox.</summary>
    private static readonly HashSet<string> Inert = new(StringComparer.Ordinal)
    {
        "image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp",
        "video/mp4", "video/webm", "audio/mp4", "audio/mpeg", "audio/ogg", "audio/wav", "audio/flac", "audio/webm",
        PlainText,
    };

    /// <summary>Begin of a text that a browser, or a program behind it, would take for more than text.</summary>
    private static readonly (string Begin, string Type)[] Markup =
    [
        ("<!doctype html", "text/html"), ("<html", "text/html"), ("<head", "text/html"), ("<body", "text/html"), ("<script", "text/html"), ("<iframe", "text/html"),
        ("<svg", "image/svg+xml"), ("<!doctype svg", "image/svg+xml"), ("<?xml", "application/xml"), ("<", "application/xml"), ("mime-version:", "multipart/related"),
    ];

    public static bool IsInert(string contentType) => Inert.Contains(contentType);

    /// <summary>Made by the encryption of our own clients (the encrypted file format, version 1).</summary>
    public static bool IsEncrypted(ReadOnlySpan<byte> head) => head.StartsWith("CMFILE\r\n"u8);

    /// <param name="head">The first <see cref="Looked"/> bytes, or all there are.</param>
    /// <param name="isWhole">There are no more.</param>
    public static string TypeOf(ReadOnlySpan<byte> head, bool isWhole) => Binary(head) ?? Text(head, isWhole) ?? Unknown;

    private static string? Binary(ReadOnlySpan<byte> head) => head switch
    {
        [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [(byte)'G', (byte)'I', (byte)'F', (byte)'8', (byte)'7' or (byte)'9', (byte)'a', ..] => "image/gif",
        [(byte)'B', (byte)'M', _, _, _, _, 0, 0, 0, 0, ..] => "image/bmp",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => "image/webp",
        [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'A', (byte)'V', (byte)'E', ..] => "audio/wav",
        [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', var a, var b, var c, var d, ..] => IsoMedia([a, b, c, d]),
        [0x1A, 0x45, 0xDF, 0xA3, ..] => head[..Math.Min(head.Length, 64)].IndexOf("webm"u8) >= 0 ? "video/webm" : "video/x-matroska",
        [(byte)'O', (byte)'g', (byte)'g', (byte)'S', ..] => "audio/ogg",
        [(byte)'f', (byte)'L', (byte)'a', (byte)'C', ..] => "audio/flac",
        [(byte)'I', (byte)'D', (byte)'3', ..] or [0xFF, 0xFB or 0xF3 or 0xF2, ..] => "audio/mpeg",
        [(byte)'%', (byte)'P', (byte)'D', (byte)'F', (byte)'-', ..] => "application/pdf",
        [(byte)'P', (byte)'K', 3 or 5, 4 or 6, ..] => "application/zip",
        [0x1F, 0x8B, ..] => "application/gzip",
        [(byte)'7', (byte)'z', 0xBC, 0xAF, 0x27, 0x1C, ..] => "application/x-7z-compressed",
        [(byte)'M', (byte)'Z', ..] when head.Contains((byte)0) => "application/x-msdownload",
        [0x7F, (byte)'E', (byte)'L', (byte)'F', ..] => "application/x-elf",
        _ => null,
    };

    private static string IsoMedia(ReadOnlySpan<byte> brand) => Encoding.ASCII.GetString(brand) switch
    {
        "avif" or "avis" => "image/avif",
        "heic" or "heix" or "mif1" => "image/heic",
        "M4A " or "M4B " => "audio/mp4",
        "qt  " => "video/quicktime",
        _ => "video/mp4",
    };

    private static string? Text(ReadOnlySpan<byte> head, bool isWhole)
    {
        if (!IsText(head, isWhole))
        {
            return null;
        }

        // The byte order mark and white space are no part of what a reader sees.
        var start = Encoding.UTF8.GetString(head[..Math.Min(head.Length, 1_024)]).TrimStart('\uFEFF').TrimStart();
        foreach (var (begin, type) in Markup)
        {
            if (start.StartsWith(begin, StringComparison.OrdinalIgnoreCase))
            {
                return type is "application/xml" && start.Contains("<svg", StringComparison.OrdinalIgnoreCase) ? "image/svg+xml"
                    : type is "application/xml" && start.Contains("<html", StringComparison.OrdinalIgnoreCase) ? "text/html"
                    : type;
            }
        }

        return PlainText;
    }

    private static bool IsText(ReadOnlySpan<byte> head, bool isWhole)
    {
        if (head.ContainsAnyInRange((byte)0, (byte)8) || head.ContainsAnyInRange((byte)14, (byte)26) || head.ContainsAnyInRange((byte)28, (byte)31))
        {
            return false;
        }

        // The last character may be cut in two.
        for (var cut = 0; cut < (isWhole ? 1 : 4) && cut <= head.Length; cut++)
        {
            if (Utf8.IsValid(head[..^cut]))
            {
                return true;
            }
        }

        return false;
    }
}
