using System.Runtime.InteropServices;
using System.Text;

namespace ChatMonolith.Messaging.Search;

/// <summary>
/// What of a text goes into the index: its words; of scripts without spaces each character and each pair of neighbours. Further terms
/// name its room, its sender and that it holds a file: no word has a colon.
/// </summary>
internal static class Terms
{
    public const string File = "f:";

    /// <summary>The longest term, in UTF-16 units; a word beyond <see cref="Piece"/> is cut into pieces that overlap.</summary>
    public const int MaxLength = Piece + 2;

    /// <summary>Every part of a long word up to this length lies in one of its pieces.</summary>
    public const int Window = 16;

    private const int Piece = 2 * Window;

    public static string Room(Guid id) => "r:" + id.ToString("N");

    public static string Sender(Guid id) => "u:" + id.ToString("N");

    /// <param name="normal">As <see cref="NormalText"/> gives it.</param>
    public static HashSet<string> Of(string normal)
    {
        var terms = new HashSet<string>(StringComparer.Ordinal);
        foreach (var segment in Segments(normal))
        {
            if (segment.IsDense)
            {
                AddDense(segment.Of(normal), terms);
            }
            else
            {
                AddWord(segment.Of(normal), terms);
            }
        }

        return terms;
    }

    /// <summary>Runs of one kind: words, and stretches of a script without spaces.</summary>
    public static IEnumerable<Segment> Segments(string normal)
    {
        var start = 0;
        bool? isDense = null;
        var at = 0;
        while (at < normal.Length)
        {
            var rune = Rune.GetRuneAt(normal, at);
            bool? kind = rune.Value == ' ' ? null : Characters.IsDense(rune);
            if (kind != isDense)
            {
                if (isDense is { } ended)
                {
                    yield return new Segment(start, at - start, ended);
                }

                (start, isDense) = (at, kind);
            }

            at += rune.Utf16SequenceLength;
        }

        if (isDense is { } last)
        {
            yield return new Segment(start, at - start, last);
        }
    }

    /// <summary>Whether parts of it can be asked for: a word of two characters or more.</summary>
    public static bool HasParts(string term) =>
        !term.Contains(':', StringComparison.Ordinal) && !Characters.IsDense(Rune.GetRuneAt(term, 0)) && WidthAt(term, 0) < term.Length;

    /// <summary>Each pair of neighbours in a word, as its parts are found by; none in a single character.</summary>
    public static IEnumerable<string> Bigrams(string word)
    {
        var start = 0;
        while (true)
        {
            var second = start + WidthAt(word, start);
            if (second >= word.Length)
            {
                yield break;
            }

            yield return word[start..(second + WidthAt(word, second))];
            start = second;
        }
    }

    /// <summary>Where to cut so that no character is halved: <paramref name="at"/>, or the place after it.</summary>
    public static int Whole(ReadOnlySpan<char> text, int at) => at > 0 && at < text.Length && char.IsLowSurrogate(text[at]) ? at + 1 : at;

    private static int WidthAt(string text, int at) => at < text.Length && char.IsHighSurrogate(text[at]) ? 2 : 1;

    private static void AddDense(ReadOnlySpan<char> run, HashSet<string> terms)
    {
        var before = 0;
        for (var at = 0; at < run.Length;)
        {
            var next = at + (char.IsHighSurrogate(run[at]) ? 2 : 1);
            terms.Add(run[at..next].ToString());
            if (at > 0)
            {
                terms.Add(run[before..next].ToString());
            }

            (before, at) = (at, next);
        }
    }

    private static void AddWord(ReadOnlySpan<char> word, HashSet<string> terms)
    {
        if (word.Length <= Piece)
        {
            terms.Add(word.ToString());
            return;
        }

        for (var start = 0; start == 0 || start + Window < word.Length; start += Window)
        {
            var from = start > 0 && char.IsLowSurrogate(word[start]) ? start - 1 : start;
            terms.Add(word[from..Whole(word, Math.Min(start + Piece, word.Length))].ToString());
        }
    }

    [StructLayout(LayoutKind.Auto)]
    internal readonly record struct Segment(int Start, int Length, bool IsDense)
    {
        public ReadOnlySpan<char> Of(string normal) => normal.AsSpan(Start, Length);
    }
}
