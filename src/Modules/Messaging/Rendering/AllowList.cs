using System.Buffers;
using System.Collections.Frozen;
using System.Text;
using AngleSharp.Dom;
using AngleSharp.Html.Parser;

namespace ChatMonolith.Messaging.Rendering;

/// <summary>
/// Reads HTML as a browser would and writes anew only the elements and attributes it names (OWASP Cross Site Scripting Prevention,
/// "HTML Sanitization"). What it does not name loses its tag and keeps its text; nothing is copied through unread.
/// </summary>
internal static class AllowList
{
    /// <summary>Deeper than the renderer nests; guards the recursion.</summary>
    private const int MaxDepth = 256;

    private const int MaxLanguageLength = 32;
    private const string LanguagePrefix = "language-";

    private static readonly FrozenSet<string> Elements = new[]
    {
        "p", "br", "strong", "em", "del", "code", "pre", "ul", "ol", "li", "blockquote", "hr", "a", "h4", "h5", "h6", "table", "thead", "tbody", "tr", "th", "td",
    }.ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Their text is no text: it goes with them.</summary>
    private static readonly FrozenSet<string> Dropped =
        new[] { "script", "style", "template", "noscript", "iframe", "object", "embed", "svg", "math", "title", "textarea", "xmp", "noembed", "noframes", "plaintext" }
            .ToFrozenSet(StringComparer.Ordinal);

    private static readonly SearchValues<char> LanguageCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+#._-");

    private static readonly string[] Schemes = ["https://", "http://", "mailto:"];

    /// <summary>For text and for quoted attributes.</summary>
    public static string Escape(string? text) =>
        (text ?? "").Replace("&", "&amp;", StringComparison.Ordinal)
            .Replace("<", "&lt;", StringComparison.Ordinal)
            .Replace(">", "&gt;", StringComparison.Ordinal)
            .Replace("\"", "&quot;", StringComparison.Ordinal);

    public static string Apply(string html)
    {
        var output = new StringBuilder(html.Length + 64);
        using var document = new HtmlParser().ParseDocument("<!DOCTYPE html><body>" + html);
        WriteChildren(document.Body!, output, depth: 0);
        return output.ToString().Trim();
    }

    private static void WriteChildren(INode parent, StringBuilder output, int depth)
    {
        for (var child = parent.FirstChild; child is not null && depth < MaxDepth; child = child.NextSibling)
        {
            switch (child)
            {
                case IText text:
                    output.Append(Escape(text.Data));
                    break;
                case IElement element:
                    Write(element, output, depth + 1);
                    break;
            }
        }
    }

    private static void Write(IElement element, StringBuilder output, int depth)
    {
        var name = element.LocalName;
        if (element.NamespaceUri != NamespaceNames.HtmlUri || Dropped.Contains(name))
        {
            return;
        }

        if (!Elements.Contains(name) || (name == "a" && !IsAllowedLink(element)))
        {
            WriteChildren(element, output, depth);
            return;
        }

        output.Append('<').Append(name);
        WriteAttributes(element, name, output);
        output.Append('>');
        if (name is "br" or "hr")
        {
            return;
        }

        WriteChildren(element, output, depth);
        output.Append("</").Append(name).Append('>');
    }

    private static void WriteAttributes(IElement element, string name, StringBuilder output)
    {
        switch (name)
        {
            case "a":
                output.Append(" href=\"").Append(Escape(element.GetAttribute("href"))).Append("\" rel=\"noopener noreferrer nofollow\" target=\"_blank\"");
                break;
            case "code" when element.GetAttribute("class") is { } language && IsLanguage(language):
                output.Append(" class=\"").Append(language).Append('"');
                break;
            case "ol" when int.TryParse(element.GetAttribute("start"), System.Globalization.NumberStyles.None, provider: null, out var start):
                output.Append(" start=\"").Append(start).Append('"');
                break;
        }
    }

    private static bool IsLanguage(string value) =>
        value.StartsWith(LanguagePrefix, StringComparison.Ordinal)
        && value.Length > LanguagePrefix.Length
        && value.Length <= LanguagePrefix.Length + MaxLanguageLength
        && !value.AsSpan(LanguagePrefix.Length).ContainsAnyExcept(LanguageCharacters);

    /// <summary>
    /// By its literal first characters, not by a parser that could read it differently from a browser; browsers strip control
    /// characters and white space, so none may be in it.
    /// </summary>
    private static bool IsAllowedLink(IElement element) =>
        element.GetAttribute("href") is { } href
        && Schemes.Any(s => href.Length > s.Length && href.StartsWith(s, StringComparison.OrdinalIgnoreCase))
        && !href.Any(c => char.IsControl(c) || char.IsWhiteSpace(c));
}
