using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace ChatMonolith.Chatctl.Importing.Texts;

/// <summary>
/// Slack's own markup as our Markdown: what stands in angle brackets (people, channels, calls, links, dates), bold and struck text, and
/// the three escaped characters. What only we would read as markup is escaped.
/// </summary>
internal sealed partial class SlackText(Workspace workspace, EmojiNames emoji)
{
    private const string Fence = "```";

    /// <summary>What was in angle brackets waits between these while the rest is formatted; no text of the source has them.</summary>
    private const char Open = '\uE000';
    private const char Close = '\uE001';

    /// <param name="text">As the export has it.</param>
    /// <param name="place">Where, for people whom nobody knows.</param>
    public string Convert(string text, string place) =>
        Markup.OrAsItIs(Markup.Clean(text).Replace(Open, ' ').Replace(Close, ' '), clean => Whole(clean, place));

    private string Whole(string clean, string place)
    {
        var parts = clean.Split(Fence);
        if (parts.Length < 3)
        {
            return Prose(clean, place);
        }

        var result = new StringBuilder(clean.Length + 32);
        for (var i = 0; i < parts.Length; i++)
        {
            // Between two fences; one that is not closed is none.
            if (i % 2 == 0 || i + 1 == parts.Length)
            {
                result.Append(i % 2 == 1 ? Fence : "").Append(Prose(i == 0 ? parts[i] : parts[i].TrimStart('\n'), place));
                continue;
            }

            if (result.Length > 0 && result[^1] != '\n')
            {
                result.Append('\n');
            }

            result.Append(Fence).Append('\n').Append(Code(parts[i], place).Trim('\n')).Append('\n').Append(Fence).Append('\n');
        }

        return result.ToString().TrimEnd('\n');
    }

    /// <summary>The three that Slack escapes.</summary>
    public static string Unescape(string text) =>
        text.Contains('&', StringComparison.Ordinal)
            ? text.Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal)
            : text;

    private string Code(string text, string place) => Unescape(Angle().Replace(text, match => Token(match.Groups["token"].Value, place, inCode: true)));

    private string Prose(string text, string place)
    {
        var result = new StringBuilder(text.Length + 32);
        var from = 0;
        if (text.Contains('`', StringComparison.Ordinal))
        {
            foreach (Match code in InlineCode().Matches(text))
            {
                result.Append(Formatted(text[from..code.Index], place)).Append('`').Append(Code(code.Groups["code"].Value, place)).Append('`');
                from = code.Index + code.Length;
            }
        }

        return Quotes(result.Append(Formatted(text[from..], place)).ToString());
    }

    private string Formatted(string text, string place)
    {
        if (text.Length == 0)
        {
            return text;
        }

        var tokens = new List<string>();
        if (text.Contains('<', StringComparison.Ordinal))
        {
            text = Angle().Replace(text, match =>
            {
                tokens.Add(Token(match.Groups["token"].Value, place, inCode: false));
                return Open + (tokens.Count - 1).ToString(CultureInfo.InvariantCulture) + Close;
            });
        }

        text = Doubled(Doubled(text, '*'), '~');
        text = emoji.Replace(text.Replace("](", "]\\(", StringComparison.Ordinal));
        text = Unescape(text.Contains('#', StringComparison.Ordinal) ? Heading().Replace(text, "\\#") : text);
        return tokens.Count == 0 ? text : Held().Replace(text, match => tokens[int.Parse(match.Groups["place"].Value, CultureInfo.InvariantCulture)]);
    }

    private string Token(string inside, string place, bool inCode)
    {
        var bar = inside.IndexOf('|', StringComparison.Ordinal);
        var (target, label) = bar < 0 ? (inside, null) : (inside[..bar], Unescape(inside[(bar + 1)..]));
        switch (target[0])
        {
            case '@':
                return "@" + Person(target[1..], label, place).Username;
            case '#':
                return "#" + (workspace.Room(target[1..])?.Name ?? (string.IsNullOrEmpty(label) ? target[1..] : label));
            case '!':
                return Special(target[1..], label);
        }

        var url = Unescape(target);
        if (inCode || label is null || label == url)
        {
            return label ?? url;
        }

        return Markup.Target(url) is { } link && !(link.StartsWith("mailto:", StringComparison.Ordinal) && link.EndsWith(label, StringComparison.Ordinal)) ? $"[{Markup.Label(label)}]({link})" : label;
    }

    private static string Special(string call, string? label) => call switch
    {
        "here" => "@here",
        "channel" => "@channel",
        "everyone" or "group" => "@all",
        _ => label is not null ? label.TrimStart('@') : call.Split('^')[0],
    };

    private ImportedPerson Person(string id, string? label, string place) => Sources.SlackExport.Somebody(workspace, id, place, label, label);

    /// <summary>One sign for Slack is two for us: *bold*, ~struck~; at the edges of words, within a line.</summary>
    private static string Doubled(string text, char sign)
    {
        if (!text.Contains(sign, StringComparison.Ordinal))
        {
            return text;
        }

        var result = new StringBuilder(text.Length + 8);
        var nothingBefore = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == sign && i >= nothingBefore && Opens(text, i, sign))
            {
                var end = Closing(text, i, sign, out var lineEnd);
                if (end > 0)
                {
                    result.Append(sign, 2).Append(text, i + 1, end - i - 1).Append(sign, 2);
                    i = end;
                    continue;
                }

                nothingBefore = lineEnd;
            }

            result.Append(text[i]);
        }

        return result.ToString();
    }

    private static bool Opens(string text, int at, char sign) =>
        at + 1 < text.Length && !char.IsWhiteSpace(text[at + 1]) && text[at + 1] != sign && (at == 0 || (!char.IsLetterOrDigit(text[at - 1]) && text[at - 1] != sign));

    private static int Closing(string text, int from, char sign, out int lineEnd)
    {
        lineEnd = text.IndexOf('\n', from);
        lineEnd = lineEnd < 0 ? text.Length : lineEnd;
        for (var at = text.IndexOf(sign, from + 1); at > 0 && at < lineEnd; at = text.IndexOf(sign, at + 1))
        {
            if (!char.IsWhiteSpace(text[at - 1]) && (at + 1 == text.Length || (!char.IsLetterOrDigit(text[at + 1]) && text[at + 1] != sign)))
            {
                return at;
            }
        }

        return -1;
    }

    /// <summary>A quote ends with its lines; without an empty line the next would belong to it.</summary>
    private static string Quotes(string text)
    {
        if (!text.StartsWith('>') && !text.Contains("\n>", StringComparison.Ordinal))
        {
            return text;
        }

        var lines = text.Split('\n');
        var result = new StringBuilder(text.Length + 8);
        for (var i = 0; i < lines.Length; i++)
        {
            result.Append(i > 0 ? "\n" : "").Append(i > 0 && lines[i - 1].StartsWith('>') && lines[i].Length > 0 && !lines[i].StartsWith('>') ? "\n" : "").Append(lines[i]);
        }

        return result.ToString();
    }

    [GeneratedRegex("<(?<token>[^<>\\s][^<>]{0,4000})>", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Angle();

    [GeneratedRegex("`(?<code>[^`\\n]+)`", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex InlineCode();

    [GeneratedRegex("^#(?=#{0,5}\\s)", RegexOptions.CultureInvariant | RegexOptions.Multiline, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Heading();

    [GeneratedRegex("\\uE000(?<place>[0-9]{1,6})\\uE001", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Held();
}
