using System.Globalization;
using System.Text;

namespace ChatMonolith.Messaging.Search;

internal enum CharacterKind : byte
{
    /// <summary>Stands between words.</summary>
    Separator,

    /// <summary>Part of a word: a letter, a mark or a digit.</summary>
    Word,

    /// <summary>Means something alone: of a script written without spaces, or an emoji.</summary>
    Dense,

    /// <summary>Not seen: soft hyphens, joiners, variation selectors, skin tones.</summary>
    Ignored,
}

/// <summary>What a character is to the search.</summary>
internal static class Characters
{
    /// <summary>Thai to Tibetan, Burmese, jamo, Khmer, radicals to Hangul, compatibility ideographs, kana and ideographs beyond the first plane.</summary>
    private static readonly (int First, int Last)[] DenseBlocks =
    [
        (0x0E00, 0x0FFF), (0x1000, 0x109F), (0x1100, 0x11FF), (0x1780, 0x17FF), (0x2E80, 0x2FDF), (0x3005, 0x3007), (0x3021, 0x4DBF), (0x4E00, 0x9FFF),
        (0xA960, 0xA97F), (0xAC00, 0xD7FF), (0xF900, 0xFAFF), (0x1AFF0, 0x1B16F), (0x20000, 0x3FFFF),
    ];

    private static readonly CharacterKind[] FirstPlane = [.. Enumerable.Range(0, 0x10000).Select(c => Rune.IsValid(c) ? Find(new Rune(c)) : CharacterKind.Separator)];

    public static CharacterKind Of(Rune rune) => rune.IsBmp ? FirstPlane[rune.Value] : Find(rune);

    public static bool IsDense(Rune rune) => Of(rune) is CharacterKind.Dense;

    private static CharacterKind Find(Rune rune)
    {
        if (rune.Value is (>= 0xFE00 and <= 0xFE0F) or (>= 0xE0100 and <= 0xE01EF) or (>= 0x1F3FB and <= 0x1F3FF) or 0x034F)
        {
            return CharacterKind.Ignored;
        }

        return Rune.GetUnicodeCategory(rune) switch
        {
            UnicodeCategory.Format => CharacterKind.Ignored,
            UnicodeCategory.OtherSymbol => CharacterKind.Dense,
            UnicodeCategory.UppercaseLetter or UnicodeCategory.LowercaseLetter or UnicodeCategory.TitlecaseLetter or UnicodeCategory.ModifierLetter
                or UnicodeCategory.OtherLetter or UnicodeCategory.NonSpacingMark or UnicodeCategory.SpacingCombiningMark or UnicodeCategory.EnclosingMark
                or UnicodeCategory.DecimalDigitNumber or UnicodeCategory.LetterNumber or UnicodeCategory.OtherNumber => InDenseBlock(rune.Value) ? CharacterKind.Dense : CharacterKind.Word,
            _ => CharacterKind.Separator,
        };
    }

    private static bool InDenseBlock(int point) => Array.Exists(DenseBlocks, b => point >= b.First && point <= b.Last);
}
