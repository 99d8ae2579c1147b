using System.Collections.Frozen;
using System.Globalization;
using System.Text;

namespace ChatMonolith.FileFormat;

/// <summary>
/// Unicode's normalization form C (UAX #15), so that a passphrase opens whatever keyboard it was typed on. Our own, since without ICU
/// .NET leaves everything but ASCII as it is, and says nothing.
/// </summary>
internal static class Nfc
{
    private const int HangulSyllables = 0xAC00;
    private const int HangulLeads = 0x1100;
    private const int HangulVowels = 0x1161;
    private const int HangulTails = 0x11A7;
    private const int LeadCount = 19;
    private const int VowelCount = 21;
    private const int TailCount = 28;
    private const int SyllableCount = LeadCount * VowelCount * TailCount;

    private static readonly Lazy<Tables> Known = new(Read);

    public static string Normalize(string text)
    {
        if (Ascii.IsValid(text))
        {
            return text;
        }

        var points = new List<int>(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            Decompose(rune.Value, points);
        }

        Order(points);
        Compose(points);
        var result = new StringBuilder(points.Count);
        foreach (var point in points)
        {
            result.Append(new Rune(point).ToString());
        }

        return result.ToString();
    }

    private static void Decompose(int point, List<int> into)
    {
        if (point - HangulSyllables is >= 0 and < SyllableCount and var syllable)
        {
            into.Add(HangulLeads + syllable / (VowelCount * TailCount));
            into.Add(HangulVowels + syllable % (VowelCount * TailCount) / TailCount);
            if (syllable % TailCount is > 0 and var tail)
            {
                into.Add(HangulTails + tail);
            }
        }
        else if (Known.Value.Parts.TryGetValue(point, out var parts))
        {
            foreach (var part in parts)
            {
                Decompose(part, into);
            }
        }
        else
        {
            into.Add(point);
        }
    }

    /// <summary>Marks stand in the order of their classes; those of one class keep theirs.</summary>
    private static void Order(List<int> points)
    {
        for (var i = 1; i < points.Count; i++)
        {
            var mark = Class(points[i]);
            for (var k = i; mark > 0 && k > 0 && Class(points[k - 1]) > mark; k--)
            {
                (points[k], points[k - 1]) = (points[k - 1], points[k]);
            }
        }
    }

    /// <summary>A mark joins the last starter before it, unless one of its own class or a higher one stands between.</summary>
    private static void Compose(List<int> points)
    {
        var starter = -1;
        var last = 0;
        var kept = 0;
        for (var i = 0; i < points.Count; i++)
        {
            var point = points[i];
            var mark = Class(point);
            var isBlocked = starter >= 0 && kept - 1 > starter && (last == 0 || last >= mark);
            if (starter >= 0 && !isBlocked && Pair(points[starter], point) is { } joined)
            {
                points[starter] = joined;
                continue;
            }

            if (mark == 0)
            {
                starter = kept;
            }

            last = mark;
            points[kept++] = point;
        }

        points.RemoveRange(kept, points.Count - kept);
    }

    private static int? Pair(int first, int second)
    {
        if (first - HangulLeads is >= 0 and < LeadCount and var lead && second - HangulVowels is >= 0 and < VowelCount and var vowel)
        {
            return HangulSyllables + (lead * VowelCount + vowel) * TailCount;
        }

        if (first - HangulSyllables is >= 0 and < SyllableCount and var syllable && syllable % TailCount == 0 && second - HangulTails is > 0 and < TailCount and var tail)
        {
            return first + tail;
        }

        return Known.Value.Pairs.TryGetValue((first, second), out var joined) ? joined : null;
    }

    private static int Class(int point) => Known.Value.Classes.GetValueOrDefault(point);

    private static Tables Read()
    {
        using var stream = typeof(Nfc).Assembly.GetManifestResourceStream("nfc.txt") ?? throw new InvalidOperationException("The table of compositions is missing.");
        using var reader = new StreamReader(stream, Encoding.ASCII);
        var classes = new Dictionary<int, int>();
        var parts = new Dictionary<int, int[]>();
        var pairs = new Dictionary<(int First, int Second), int>();
        while (reader.ReadLine() is { } line)
        {
            var words = line.Split(' ');
            if (words[0] == "#")
            {
                continue;
            }

            var point = Hex(words[1]);
            if (words[0] == "c")
            {
                classes[point] = int.Parse(words[2], CultureInfo.InvariantCulture);
                continue;
            }

            parts[point] = [.. words.Skip(2).Select(Hex)];
            if (words[0] == "p")
            {
                pairs[(parts[point][0], parts[point][1])] = point;
            }
        }

        return new Tables(classes.ToFrozenDictionary(), parts.ToFrozenDictionary(), pairs.ToFrozenDictionary());
    }

    private static int Hex(string word) => int.Parse(word, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    private sealed record Tables(FrozenDictionary<int, int> Classes, FrozenDictionary<int, int[]> Parts, FrozenDictionary<(int First, int Second), int> Pairs);
}
