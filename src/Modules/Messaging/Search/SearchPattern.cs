using System.Runtime.InteropServices;
using System.Text;

namespace ChatMonolith.Messaging.Search;

/// <summary>Something a message's text must hold.</summary>
/// <param name="Value">A part of a word, or with spaces between them several words.</param>
/// <param name="IsWhole">Its ends are ends of words: in quotes, and a single letter or digit.</param>
internal sealed record SearchPart(string Value, bool IsWhole);

/// <summary>What of a part the index can be asked for.</summary>
/// <param name="Text">A term, or a part of one.</param>
/// <param name="IsTerm">The whole term.</param>
internal sealed record IndexedPart(string Text, bool IsTerm);

/// <summary>
/// A search as it was asked: every part must be found, in any order. What stands in quotes is one part whose words follow each other
/// and are whole.
/// </summary>
internal sealed class SearchPattern
{
    public const int MinLength = 2;
    public const int MaxLength = 200;
    private const int MaxRanges = 100;

    private SearchPattern(IReadOnlyList<SearchPart> parts) => Parts = parts;

    public IReadOnlyList<SearchPart> Parts { get; }

    /// <returns>Null unless the text holds something to search for: two characters, or one that means something alone.</returns>
    public static SearchPattern? Parse(string text)
    {
        var parts = new List<SearchPart>();
        var pieces = text.Split('"');
        for (var i = 0; i < pieces.Length; i++)
        {
            var normal = NormalText.Of(pieces[i]);
            if (normal.Length == 0)
            {
                continue;
            }

            // Between the first and second quote, the third and fourth, and so on; one that is never closed closes at the end.
            parts.AddRange(i % 2 == 1 ? [new SearchPart(normal, IsWhole: true)] : normal.Split(' ').Select(word => new SearchPart(word, IsSingle(word))));
        }

        var isEnough = text.Trim().Length >= MinLength || parts.Exists(p => Rune.TryGetRuneAt(p.Value, 0, out var rune) && Characters.IsDense(rune));
        return parts.Count > 0 && isEnough ? new SearchPattern([.. parts.Distinct()]) : null;
    }

    public bool Matches(string normal) => Parts.All(p => Find(p, normal, 0) >= 0);

    /// <returns>Where the parts are in the original text, ascending, merged, <see cref="MaxRanges"/> at most; null if one of them is not.</returns>
    public IReadOnlyList<Highlight>? Highlights(string text)
    {
        var normal = NormalText.WithPlaces(text);
        var found = new List<(int Start, int End)>();
        foreach (var part in Parts)
        {
            var at = Find(part, normal.Value, 0);
            if (at < 0)
            {
                return null;
            }

            for (var count = 0; at >= 0 && count < MaxRanges; count++)
            {
                found.Add(normal.Original(at, part.Value.Length));
                at = Find(part, normal.Value, at + part.Value.Length);
            }
        }

        return Merge(found);
    }

    /// <summary>What the index is asked for: whatever matches has all of these, and what has all of these may match.</summary>
    public IEnumerable<IndexedPart> Indexed() => Parts.SelectMany(Indexed).Distinct();

    private static IEnumerable<IndexedPart> Indexed(SearchPart part)
    {
        foreach (var segment in Terms.Segments(part.Value))
        {
            var text = segment.Of(part.Value).ToString();
            var isOpenBefore = !part.IsWhole && segment.Start == 0;
            var isOpenAfter = !part.IsWhole && segment.Start + segment.Length == part.Value.Length;
            if (segment.IsDense)
            {
                foreach (var term in IsSingle(text, dense: true) ? [text] : Terms.Bigrams(text))
                {
                    yield return new IndexedPart(term, IsTerm: true);
                }
            }
            else if (!isOpenBefore && !isOpenAfter && text.Length <= 2 * Terms.Window)
            {
                yield return new IndexedPart(text, IsTerm: true);
            }
            else if (text.Length <= Terms.Window)
            {
                // One letter beside an ideograph may begin or end any word: the ideograph alone is asked for.
                if (Terms.Bigrams(text).Any())
                {
                    yield return new IndexedPart(text, IsTerm: false);
                }
            }
            else
            {
                yield return new IndexedPart(text[..Terms.Whole(text, Terms.Window)], IsTerm: false);
                yield return new IndexedPart(text[(Terms.Whole(text, text.Length - Terms.Window))..], IsTerm: false);
            }
        }
    }

    private static int Find(SearchPart part, string normal, int from)
    {
        while (from <= normal.Length - part.Value.Length)
        {
            var at = normal.IndexOf(part.Value, from, StringComparison.Ordinal);
            if (at < 0 || !part.IsWhole || (IsEdge(normal, at) && IsEdge(normal, at + part.Value.Length)))
            {
                return at;
            }

            from = at + 1;
        }

        return -1;
    }

    /// <summary>Whether a word ends or begins at this place.</summary>
    private static bool IsEdge(string normal, int at)
    {
        if (at == 0 || at == normal.Length || normal[at] == ' ' || normal[at - 1] == ' ')
        {
            return true;
        }

        var before = char.IsLowSurrogate(normal[at - 1]) ? Rune.GetRuneAt(normal, at - 2) : new Rune(normal[at - 1]);
        return Characters.IsDense(before) || Characters.IsDense(Rune.GetRuneAt(normal, at));
    }

    private static bool IsSingle(string text, bool dense = false) =>
        Rune.TryGetRuneAt(text, 0, out var rune) && rune.Utf16SequenceLength == text.Length && (dense || !Characters.IsDense(rune));

    private static List<Highlight> Merge(List<(int Start, int End)> found)
    {
        found.Sort();
        var merged = new List<Highlight>(found.Count);
        foreach (var (start, end) in found)
        {
            if (merged.Count > 0 && start <= merged[^1].Start + merged[^1].Length)
            {
                var last = merged[^1];
                merged[^1] = last with { Length = Math.Max(last.Length, end - last.Start) };
            }
            else if (merged.Count < MaxRanges)
            {
                merged.Add(new Highlight(start, end - start));
            }
        }

        return merged;
    }
}

/// <summary>A range of a message's <c>text</c>, in UTF-16 units.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct Highlight(int Start, int Length);
