using System.Buffers;
using System.Text;
using System.Text.RegularExpressions;
using ChatMonolith.Messaging;

namespace ChatMonolith.Chatctl.Importing.Texts;

/// <summary>What the texts of all sources need.</summary>
internal static partial class Markup
{
    private static readonly SearchValues<char> Signs = SearchValues.Create(@"\[]*_~`");

    /// <summary>Applies <paramref name="change"/> to what stands outside of code.</summary>
    public static string OutsideCode(string text, Func<string, string> change)
    {
        if (!text.Contains('`', StringComparison.Ordinal))
        {
            return change(text);
        }

        var result = new StringBuilder(text.Length + 32);
        var from = 0;
        foreach (Match code in Code().Matches(text))
        {
            result.Append(change(text[from..code.Index])).Append(code.ValueSpan);
            from = code.Index + code.Length;
        }

        return result.Append(change(text[from..])).ToString();
    }

    /// <summary>A text that a pattern does not get through in its time (or a machine that stood still meanwhile) stays as it was written.</summary>
    public static string OrAsItIs(string text, Func<string, string> change)
    {
        try
        {
            return change(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return text;
        }
    }

    /// <summary>Line ends as ours, and no control characters but tabs.</summary>
    public static string Clean(string text)
    {
        var clean = text.Contains('\r', StringComparison.Ordinal) ? text.Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n') : text;
        return clean.Any(IsUnwanted) ? new string([.. clean.Where(c => !IsUnwanted(c))]) : clean;
    }

    /// <summary>As many parts as messages have to be, cut where a line or a word ends. An open block of code is closed and opened again.</summary>
    public static IReadOnlyList<string> Parts(string text)
    {
        if (text.Length <= PostMessage.MaxText)
        {
            return [text];
        }

        const string fence = "```";
        var parts = new List<string>();
        var rest = text;
        while (rest.Length > PostMessage.MaxText)
        {
            const int most = PostMessage.MaxText - 4;
            var cut = rest.LastIndexOf('\n', most - 1, most / 2);
            cut = cut < 0 ? rest.LastIndexOf(' ', most - 1, most / 2) : cut;
            cut = cut < 0 ? most - 1 - (char.IsHighSurrogate(rest[most - 1]) ? 1 : 0) : cut;
            var part = rest[..(cut + 1)];
            var isOpen = Count(part, fence) % 2 == 1;
            parts.Add(isOpen ? part.TrimEnd() + "\n" + fence : part.TrimEnd());
            rest = (isOpen ? fence + "\n" : "") + rest[(cut + 1)..];
        }

        parts.Add(rest);
        return [.. parts.Where(p => !string.IsNullOrWhiteSpace(p))];
    }

    /// <summary>Text as it is, in a link or beside one: what would be read as markup is escaped.</summary>
    public static string Label(string text) =>
        text.AsSpan().ContainsAny(Signs) ? string.Concat(text.Select(c => Signs.Contains(c) ? "\\" + c : c.ToString())) : text;

    /// <summary>An address as the target of a link; null for one that no message leads to.</summary>
    public static string? Target(string url) =>
        url.Length <= 2_048 && (url.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || url.StartsWith("mailto:", StringComparison.OrdinalIgnoreCase))
            ? url.Replace(" ", "%20", StringComparison.Ordinal).Replace("(", "%28", StringComparison.Ordinal).Replace(")", "%29", StringComparison.Ordinal).Replace("<", "%3C", StringComparison.Ordinal).Replace(">", "%3E", StringComparison.Ordinal)
            : null;

    /// <summary>Stands in the place of a file that did not come.</summary>
    public static string Absent(string name, string? url) => "📎 " + (url is not null && Target(url) is { } target ? $"[{Label(name)}]({target})" : Label(name));

    private static bool IsUnwanted(char c) => char.IsControl(c) && c is not ('\n' or '\t');

    private static int Count(string text, string wanted)
    {
        var count = 0;
        for (var at = text.IndexOf(wanted, StringComparison.Ordinal); at >= 0; at = text.IndexOf(wanted, at + wanted.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }

    [GeneratedRegex("```[^`]*```|`[^`\n]+`", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Code();
}
