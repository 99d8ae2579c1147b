using System.Runtime.InteropServices;
using System.Text;

namespace ChatMonolith.Messaging.Search;

/// <summary>
/// A text as the search sees it: folded, its words with one space between them and nothing else. It is the one form for what is
/// indexed, what is asked, and what a candidate is checked against.
/// </summary>
internal sealed class NormalText
{
    /// <summary>What single characters of the first plane fold to; null: themselves. Filled as they are met.</summary>
    private static readonly string?[] Single = new string?[0x10000];

    /// <summary>What follows a character and has to be seen together with it. Halves of pairs are looked at as a whole.</summary>
    private static readonly Lazy<bool[]> Joins = new(() =>
        [.. Enumerable.Range(0, 0x10000).Select(c => !Rune.TryCreate((char)c, out var rune) || Characters.Of(rune) is CharacterKind.Ignored || Folding.Extends(rune))]);

    private readonly List<Range> places;

    private NormalText(string value, List<Range> places)
    {
        Value = value;
        this.places = places;
    }

    public string Value { get; }

    /// <summary>The folded words alone, for the index.</summary>
    public static string Of(string text) => Write(text, origins: null);

    /// <summary>With the places in <paramref name="text"/> that its characters come from.</summary>
    public static NormalText WithPlaces(string text)
    {
        var origins = new List<Range>(text.Length);
        return new NormalText(Write(text, origins), origins);
    }

    /// <summary>Where in the original the characters from <paramref name="start"/> on come from: whole clusters.</summary>
    public (int Start, int End) Original(int start, int length) => (places[start].Start, places[start + length - 1].End);

    private static string Write(string text, List<Range>? origins)
    {
        var folded = new StringBuilder(text.Length);
        var cluster = new List<Rune>(4);
        var joins = Joins.Value;
        var isApart = false;
        var at = 0;
        while (at < text.Length)
        {
            var start = at;
            var first = Next(text, ref at);
            if (first is not { } rune)
            {
                isApart = true;
                continue;
            }

            // Most characters stand alone; those of the rest are gathered with what extends them.
            if (at == text.Length || !joins[text[at]])
            {
                if (FoldSingle(rune) is [var only] && !char.IsSurrogate(only))
                {
                    AppendOne(only, Characters.Of(new Rune(only)), start, at);
                }
                else
                {
                    Append(FoldSingle(rune), start, at);
                }

                continue;
            }

            cluster.Clear();
            cluster.Add(rune);
            for (var ahead = at; ahead < text.Length; at = ahead)
            {
                if (Next(text, ref ahead) is not { } next || (Characters.Of(next) is not CharacterKind.Ignored && !Folding.Extends(next)))
                {
                    break;
                }

                cluster.Add(next);
            }

            cluster.RemoveAll(r => Characters.Of(r) is CharacterKind.Ignored);
            Append(cluster.Count == 1 ? FoldSingle(cluster[0]) : Fold(cluster), start, at);
        }

        return folded.ToString();

        void Append(string characters, int from, int to)
        {
            foreach (var rune in characters.EnumerateRunes())
            {
                var kind = Characters.Of(rune);
                if (rune.IsBmp)
                {
                    AppendOne((char)rune.Value, kind, from, to);
                }
                else if (Begin(kind, from))
                {
                    folded.Append(rune);
                    origins?.Add(new Range(from, to));
                    origins?.Add(new Range(from, to));
                }
            }
        }

        void AppendOne(char character, CharacterKind kind, int from, int to)
        {
            if (Begin(kind, from))
            {
                folded.Append(character);
                origins?.Add(new Range(from, to));
            }
        }

        bool Begin(CharacterKind kind, int from)
        {
            if (kind is CharacterKind.Ignored)
            {
                return false;
            }

            if (kind is CharacterKind.Separator)
            {
                isApart = true;
                return false;
            }

            if (isApart && folded.Length > 0)
            {
                folded.Append(' ');
                origins?.Add(new Range(from, from));
            }

            isApart = false;
            return true;
        }
    }

    /// <summary>Null for half a character, which no text should hold.</summary>
    private static Rune? Next(string text, ref int at)
    {
        if (Rune.TryGetRuneAt(text, at, out var rune))
        {
            at += rune.Utf16SequenceLength;
            return rune;
        }

        at++;
        return null;
    }

    private static string FoldSingle(Rune rune) => rune.IsBmp ? Single[rune.Value] ??= Fold([rune]) : Fold([rune]);

    private static string Fold(List<Rune> cluster)
    {
        var folded = new StringBuilder(cluster.Count);
        Folding.Append(CollectionsMarshal.AsSpan(cluster), folded);
        return folded.ToString();
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Range(int Start, int End);
}
