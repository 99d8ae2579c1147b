using System.Buffers;
using System.Globalization;
using System.Text;

namespace ChatMonolith.Messaging.Changing;

/// <summary>What may stand as a reaction: an emoji or another short sign, or the name of one between colons.</summary>
internal static class Emoji
{
    public const int MaxBytes = 64;
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789_+-");
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public static bool IsValid(string? emoji)
    {
        if (string.IsNullOrEmpty(emoji) || emoji.Length > MaxBytes || !IsUtf8WithinBounds(emoji))
        {
            return false;
        }

        return IsName(emoji) || (emoji.EnumerateRunes().All(IsAllowed) && !Ascii.IsValid(emoji));
    }

    private static bool IsName(string emoji) =>
        emoji.Length > 2 && emoji[0] == ':' && emoji[^1] == ':' && !emoji.AsSpan(1, emoji.Length - 2).ContainsAnyExcept(NameCharacters);

    private static bool IsUtf8WithinBounds(string emoji)
    {
        try
        {
            return Strict.GetByteCount(emoji) <= MaxBytes;
        }
        catch (EncoderFallbackException)
        {
            return false;
        }
    }

    private static bool IsAllowed(Rune rune) =>
        !Rune.IsControl(rune) && !Rune.IsWhiteSpace(rune) && !IsDirectional(rune.Value)
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.InitialQuotePunctuation or UnicodeCategory.FinalQuotePunctuation)
        && rune.Value is not ('"' or '\'' or '`' or '\\' or '/' or '<' or '>');

    /// <summary>Characters that turn the direction of what stands after them (Unicode Annex 9, "Explicit directional formatting").</summary>
    private static bool IsDirectional(int value) => value is (>= 0x202A and <= 0x202E) or (>= 0x2066 and <= 0x2069) or 0x200E or 0x200F or 0x061C;
}
