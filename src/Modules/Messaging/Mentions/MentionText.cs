using System.Buffers;

namespace ChatMonolith.Messaging.Mentions;

/// <summary>
/// The names that a text calls with <c>@</c>, before anybody knows whose they are. A name may end in a dot, a dash or an underscore, and
/// a sentence too, so each call has the candidates that remain when such an end is taken off, the longest first. What stands in code is
/// no call.
/// </summary>
internal sealed class MentionText
{
    /// <summary>Further names in one text call nobody.</summary>
    public const int MaxNames = 50;

    private const int MinName = 3;
    private const int MaxName = 32;
    private static readonly SearchValues<char> NameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-");
    private static readonly string[] Everybody = ["all", "here", "channel"];

    private MentionText(IReadOnlyList<IReadOnlyList<string>> calls, bool all)
    {
        Calls = calls;
        All = all;
    }

    /// <summary>Each call's candidates, in lower case.</summary>
    public IReadOnlyList<IReadOnlyList<string>> Calls { get; }

    /// <summary>The text calls everybody.</summary>
    public bool All { get; }

    /// <summary>Null for a text that calls nobody. A text without an <c>@</c> costs one search for it.</summary>
    public static MentionText? Of(string text)
    {
        var at = text.IndexOf('@', StringComparison.Ordinal);
        if (at < 0)
        {
            return null;
        }

        var calls = new List<IReadOnlyList<string>>();
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var all = false;
        var code = text.Contains('`', StringComparison.Ordinal) ? CodeSpans(text) : [];
        for (; at >= 0 && calls.Count < MaxNames; at = at + 1 < text.Length ? text.IndexOf('@', at + 1) : -1)
        {
            if ((at > 0 && IsInsideWord(text[at - 1])) || code.Exists(span => span.From < at && at < span.To))
            {
                continue;
            }

            var rest = text.AsSpan(at + 1);
            var length = rest.IndexOfAnyExcept(NameCharacters);
            var name = (length < 0 ? rest : rest[..length]).ToString().ToLowerInvariant();
            var bare = name.TrimEnd('.', '-', '_');
            if (Array.IndexOf(Everybody, bare) >= 0)
            {
                all = true;
            }
            else if (seen.Add(name) && Candidates(name, bare.Length) is { Count: > 0 } candidates)
            {
                calls.Add(candidates);
            }
        }

        return calls.Count == 0 && !all ? null : new MentionText(calls, all);
    }

    private static List<string> Candidates(string name, int bareLength)
    {
        var candidates = new List<string>(1);
        for (var length = name.Length; length >= Math.Max(bareLength, MinName); length--)
        {
            if (length <= MaxName && candidates.Count < 4)
            {
                candidates.Add(name[..length]);
            }
        }

        return candidates;
    }

    /// <summary>An address or a path goes on; what stands before a call is a space, a bracket, a quote, a sign.</summary>
    private static bool IsInsideWord(char before) => char.IsLetterOrDigit(before) || before is '_' or '@' or '/' or '.' or '-' or '+';

    /// <summary>From each run of backticks to the next run of the same length (CommonMark 0.31, 6.1; fences are the same to this purpose).</summary>
    private static List<(int From, int To)> CodeSpans(string text)
    {
        var spans = new List<(int, int)>();
        for (var i = text.IndexOf('`', StringComparison.Ordinal); i >= 0 && i < text.Length;)
        {
            var run = RunLength(text, i);
            var end = FindRun(text, i + run, run);
            var next = end < 0 ? i + run : end + run;
            if (end >= 0)
            {
                spans.Add((i, end));
            }

            i = next < text.Length ? text.IndexOf('`', next) : -1;
            if (spans.Count > MaxNames)
            {
                break;
            }
        }

        return spans;
    }

    private static int FindRun(string text, int from, int length)
    {
        for (var i = from < text.Length ? text.IndexOf('`', from) : -1; i >= 0;)
        {
            var run = RunLength(text, i);
            if (run == length)
            {
                return i;
            }

            i = i + run < text.Length ? text.IndexOf('`', i + run) : -1;
        }

        return -1;
    }

    private static int RunLength(string text, int from)
    {
        var end = from;
        while (end < text.Length && text[end] == '`')
        {
            end++;
        }

        return end - from;
    }
}
