using System.Globalization;
using System.Text;

namespace ChatMonolith.Messaging.Search;

/// <summary>
/// NFKC with full case folding (Unicode Standard Annex 15; <c>toNFKC_Casefold</c> of section 3.13), from tables of our own: the server
/// runs without ICU, where .NET leaves a text as it is. A text is folded cluster by cluster, so that a place in what comes out can be
/// told in what went in.
/// </summary>
internal static class Folding
{
    private const char IotaBelow = '\u0345';
    private const char Iota = '\u03B9';
    private const int FirstSyllable = 0xAC00;
    private const int Syllables = 11_172;
    private const int FirstLeading = 0x1100;
    private const int Leadings = 19;
    private const int FirstVowel = 0x1161;
    private const int Vowels = 21;
    private const int BeforeTrailing = 0x11A7;
    private const int Trailings = 28;
    private static readonly Lazy<Tables> Loaded = new(Tables.Load);

    /// <summary>Continues the cluster of the character before it: a mark, or what could be composed with that.</summary>
    public static bool Extends(Rune rune) => rune.Value >= 0x300 && Loaded.Value.Extenders.Contains(rune.Value);

    /// <param name="cluster">A character and those that extend it, whole characters only.</param>
    /// <param name="folded">Gets what it folds to, at its end.</param>
    public static void Append(ReadOnlySpan<Rune> cluster, StringBuilder folded)
    {
        var tables = Loaded.Value;
        if (cluster.Length == 1 && !tables.Mappings.ContainsKey(cluster[0].Value))
        {
            Append(cluster[0].Value, folded);
            return;
        }

        var points = new List<int>(cluster.Length + 4);
        foreach (var rune in cluster)
        {
            if (tables.Mappings.TryGetValue(rune.Value, out var mapped))
            {
                points.AddRange(mapped);
            }
            else
            {
                points.Add(rune.Value);
            }
        }

        Sort(points, tables);
        Compose(points, tables);
        foreach (var point in points)
        {
            Append(point, folded);
        }
    }

    private static void Append(int point, StringBuilder folded)
    {
        if (point <= char.MaxValue)
        {
            folded.Append((char)point);
        }
        else
        {
            folded.Append(char.ConvertFromUtf32(point));
        }
    }

    /// <summary>The canonical order: marks between two letters by their class, stable.</summary>
    private static void Sort(List<int> points, Tables tables)
    {
        for (var i = 1; i < points.Count; i++)
        {
            var combining = tables.ClassOf(points[i]);
            for (var j = i; combining > 0 && j > 0 && tables.ClassOf(points[j - 1]) > combining; j--)
            {
                (points[j - 1], points[j]) = (points[j], points[j - 1]);
            }
        }

        for (var i = 0; i < points.Count; i++)
        {
            points[i] = points[i] == IotaBelow ? Iota : points[i];
        }
    }

    private static void Compose(List<int> points, Tables tables)
    {
        var starter = -1;
        var last = 0;
        for (var i = 0; i < points.Count; i++)
        {
            var combining = tables.ClassOf(points[i]);
            var isBlocked = i != starter + 1 && (last == 0 || last >= combining);
            if (starter >= 0 && !isBlocked && Composed(points[starter], points[i], tables) is { } one)
            {
                points[starter] = one;
                points.RemoveAt(i--);
                continue;
            }

            if (combining == 0)
            {
                starter = i;
            }

            last = combining;
        }
    }

    private static int? Composed(int first, int second, Tables tables)
    {
        if (first - FirstLeading is >= 0 and < Leadings && second - FirstVowel is >= 0 and < Vowels)
        {
            return FirstSyllable + ((((first - FirstLeading) * Vowels) + second - FirstVowel) * Trailings);
        }

        if (first - FirstSyllable is >= 0 and < Syllables && (first - FirstSyllable) % Trailings == 0 && second - BeforeTrailing is > 0 and < Trailings)
        {
            return first + second - BeforeTrailing;
        }

        return tables.Compositions.TryGetValue((first, second), out var composed) ? composed : null;
    }

    private sealed class Tables
    {
        private readonly Dictionary<int, byte> classes = [];

        /// <summary>What a code point folds to, decomposed; only where that is not itself.</summary>
        public Dictionary<int, int[]> Mappings { get; } = [];

        public Dictionary<(int First, int Second), int> Compositions { get; } = [];

        public HashSet<int> Extenders { get; } = [];

        public byte ClassOf(int point) => point < 0x300 ? (byte)0 : classes.GetValueOrDefault(point);

        /// <summary>Written by tools/unicode/folding.py: <c>from&gt;to…</c>, <c>first-last=class</c>, <c>first+second&gt;composed</c>, in hex.</summary>
        public static Tables Load()
        {
            var tables = new Tables();
            using var file = typeof(Folding).Assembly.GetManifestResourceStream("folding.txt") ?? throw new InvalidOperationException("folding.txt is not built in.");
            using var reader = new StreamReader(file);
            while (reader.ReadLine() is { } line)
            {
                tables.Read(line);
            }

            tables.FindExtenders();
            return tables;
        }

        private void Read(string line)
        {
            if (line.StartsWith('#'))
            {
                return;
            }

            var at = line.IndexOfAny(['>', '=']);
            var left = line.AsSpan(0, at);
            var right = line.AsSpan(at + 1);
            if (line[at] == '=')
            {
                var dash = left.IndexOf('-');
                for (var point = Hex(left[..dash]); point <= Hex(left[(dash + 1)..]); point++)
                {
                    classes[point] = byte.Parse(right, CultureInfo.InvariantCulture);
                }
            }
            else if (left.IndexOf('+') is > 0 and var plus)
            {
                Compositions[(Hex(left[..plus]), Hex(left[(plus + 1)..]))] = Hex(right);
            }
            else
            {
                Mappings[Hex(left)] = Array.ConvertAll(right.ToString().Split(' '), p => Hex(p));
            }
        }

        /// <summary>Marks, and whatever begins with a mark or with a second half when it is taken apart.</summary>
        private void FindExtenders()
        {
            Extenders.UnionWith(classes.Keys);
            Extenders.UnionWith(Compositions.Keys.Select(k => k.Second));
            Extenders.UnionWith(Enumerable.Range(FirstVowel, Vowels));
            Extenders.UnionWith(Enumerable.Range(BeforeTrailing + 1, Trailings - 1));
            Extenders.UnionWith([.. Mappings.Where(m => Extenders.Contains(m.Value[0])).Select(m => m.Key)]);
        }

        private static int Hex(ReadOnlySpan<char> text) => int.Parse(text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }
}
