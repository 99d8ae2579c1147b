using System.Globalization;
using System.Text;
using ChatMonolith.BuildingBlocks.Errors;

namespace ChatMonolith.Files.Kinds;

/// <summary>A file's name as people see it. It names nothing on the server.</summary>
internal static class FileName
{
    public const int MaxBytes = 255;
    private const string Unnamed = "file";

    /// <summary>
    /// The last part of a path, without what turns the direction of a text round, as it was sent. <c>validation</c> for control
    /// characters and for more than 255 bytes of UTF-8.
    /// </summary>
    public static Result<string> Clean(string? name)
    {
        if (string.IsNullOrWhiteSpace(name))
        {
            return Unnamed;
        }

        if (name.Any(char.IsControl) || !IsUnicode(name))
        {
            return Error.Validation("filename", "A file's name holds no control characters.");
        }

        var last = name[(name.LastIndexOfAny(['/', '\\']) + 1)..];
        var shown = new string([.. last.Where(c => CharUnicodeInfo.GetUnicodeCategory(c) is not UnicodeCategory.Format || c is '\u200C' or '\u200D')]).Trim();
        if (shown.Trim('.').Length == 0)
        {
            return Unnamed;
        }

        return Encoding.UTF8.GetByteCount(shown) <= MaxBytes
            ? shown
            : Error.Validation("filename", $"A file's name has at most {MaxBytes} bytes of UTF-8. Shorten it.");
    }

    /// <summary>No half of a surrogate pair alone.</summary>
    private static bool IsUnicode(string text)
    {
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsHighSurrogate(text[i]) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                i++;
            }
            else if (char.IsSurrogate(text[i]))
            {
                return false;
            }
        }

        return true;
    }
}
