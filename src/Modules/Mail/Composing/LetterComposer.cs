using System.Net;
using System.Text;
using System.Text.RegularExpressions;
using ChatMonolith.Contracts.Mail;
using Microsoft.Extensions.Configuration;

namespace ChatMonolith.Mail.Composing;

/// <param name="Subject">One line.</param>
/// <param name="Text">The plain part.</param>
/// <param name="Html">The same in HTML.</param>
internal sealed record Composed(string Subject, string Text, string Html);

/// <summary>
/// Fills a template twice, so that both parts of a letter say the same. Values are text: in HTML they are escaped, in the subject they
/// are one line, and a placeholder within a value is not one.
/// </summary>
internal sealed partial class LetterComposer(IConfiguration configuration)
{
    private readonly string server = configuration["Server:Name"] is { Length: > 0 } name ? name : "ChatMonolith";
    private readonly string address = (configuration["Server:PublicUrl"] ?? "").TrimEnd('/');

    public Composed Compose(LetterKind kind, string language, IReadOnlyDictionary<string, string> values)
    {
        var (subject, paragraphs) = Templates.Of(kind, language);
        var text = new StringBuilder();
        var html = new StringBuilder();
        foreach (var paragraph in paragraphs)
        {
            // A paragraph about what is not there is left out.
            if (Placeholder().Matches(paragraph).Any(m => Value(m, values, language).Length == 0))
            {
                continue;
            }

            Add(paragraph, text, html, p => Placeholder().Replace(p, m => Value(m, values, language)));
        }

        var page = Templates.Layout
            .Replace("{language}", Templates.Known(language) ?? Templates.Fallback, StringComparison.Ordinal)
            .Replace("{server}", WebUtility.HtmlEncode(server), StringComparison.Ordinal)
            .Replace("{paragraphs}", html.ToString(), StringComparison.Ordinal);
        return new Composed(OneLine(Placeholder().Replace(subject, m => Value(m, values, language))), text.ToString().TrimEnd() + "\n", page);
    }

    private static void Add(string paragraph, StringBuilder text, StringBuilder html, Func<string, string> fill)
    {
        if (paragraph.StartsWith("    ", StringComparison.Ordinal))
        {
            var filled = fill(paragraph.Trim());
            text.Append("    ").Append(filled).Append("\n\n");
            html.Append("<p class=\"code\">").Append(WebUtility.HtmlEncode(filled)).Append("</p>\n");
        }
        else if (Link().Match(paragraph) is { Success: true } link)
        {
            var target = fill(link.Groups["target"].Value);
            text.Append(link.Groups["label"].Value).Append(":\n").Append(target).Append("\n\n");
            html.Append("<p><a href=\"").Append(WebUtility.HtmlEncode(target)).Append("\">").Append(WebUtility.HtmlEncode(link.Groups["label"].Value)).Append("</a></p>\n");
        }
        else
        {
            var filled = fill(paragraph);
            text.Append(filled).Append("\n\n");
            html.Append("<p>").Append(WebUtility.HtmlEncode(filled).Replace("\n", "<br>\n", StringComparison.Ordinal)).Append("</p>\n");
        }
    }

    private string Value(Match match, IReadOnlyDictionary<string, string> values, string language)
    {
        var name = match.Groups["name"].Value;
        var value = name == "server" ? server : values.GetValueOrDefault(name, "");
        return name switch
        {
            "link" or "stop" when value.Length > 0 => address + OneLine(value),
            "change" or "alert" or "finding" or "advice" => Placeholder().Replace(Templates.Phrase(value, language), m => Printable(values.GetValueOrDefault(m.Groups["name"].Value, ""))),
            _ => Printable(value),
        };
    }

    /// <summary>Without what moves a reader's eye elsewhere: control characters but line breaks, and marks that turn the direction of writing.</summary>
    private static string Printable(string value) =>
        string.Concat(value.ReplaceLineEndings("\n").Where(c => (!char.IsControl(c) || c is '\n' or '\t') && c is not (>= '\u202A' and <= '\u202E' or >= '\u2066' and <= '\u2069')));

    private static string OneLine(string value) => string.Concat(value.Select(c => char.IsControl(c) || c is '\u2028' or '\u2029' ? ' ' : c)).Trim();

    [GeneratedRegex(@"\{(?<name>[a-z]+)\}", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"\A\[(?<label>[^\]]+)\] (?<target>\{link\})\z", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Link();
}
