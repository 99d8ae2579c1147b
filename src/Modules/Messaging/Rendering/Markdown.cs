using System.Buffers;
using Markdig;
using Markdig.Syntax;
using Markdig.Syntax.Inlines;

namespace ChatMonolith.Messaging.Rendering;

/// <summary>
/// A message's Markdown (CommonMark 0.31 without raw HTML; with strikethrough, bare links and tables; a line break is a line break).
/// Two lines of defence: the renderer knows no raw HTML, and <see cref="AllowList"/> lets through only what it names.
/// </summary>
internal static class Markdown
{
    /// <summary>In UTF-16 units. Link definitions can make a short text long; what is longer is shown as text.</summary>
    private const int LongestHtml = 64 * 1024;

    private const int MostNested = 32;

    private static readonly SearchValues<char> Special = SearchValues.Create("\n\r\t\\`*_[]<&~|");
    private static readonly SearchValues<string> Links = SearchValues.Create(["://", "www.", "mailto:"], StringComparison.OrdinalIgnoreCase);
    private static readonly SearchValues<char> SpecialAtStart = SearchValues.Create(" #>+-=0123456789");

    private static readonly MarkdownPipeline Pipeline = new MarkdownPipelineBuilder()
        .DisableHtml()
        .UseEmphasisExtras(Markdig.Extensions.EmphasisExtras.EmphasisExtraOptions.Strikethrough)
        .UseAutoLinks()
        .UsePipeTables()
        .UseSoftlineBreakAsHardlineBreak()
        .Build();

    /// <summary>Sanitised HTML; null where it would be the escaped text, and where the text cannot be rendered within bounds.</summary>
    /// <param name="text">At most 8,000 UTF-16 units.</param>
    public static string? Render(string text)
    {
        if (IsPlain(text) || IsTangled(text))
        {
            return null;
        }

        try
        {
            var document = Markdig.Markdown.Parse(text, Pipeline);
            Soften(document);
            var html = document.ToHtml(Pipeline);
            if (html.Length > LongestHtml)
            {
                return null;
            }

            var safe = AllowList.Apply(html);
            return safe.Length > LongestHtml || safe == $"<p>{AllowList.Escape(text)}</p>" ? null : safe;
        }
        catch (ArgumentException)
        {
            // The parser's bound on nesting: nobody writes such a message to be read as Markdown.
            return null;
        }
    }

    private static bool IsPlain(string text) =>
        text.Length == 0
        || (!text.AsSpan().ContainsAny(Special) && !SpecialAtStart.Contains(text[0]) && !text.AsSpan().ContainsAny(Links));

    /// <summary>
    /// Nesting that nobody writes and that costs the parser most: containers in one line, open brackets, delimiters in turn. Each is
    /// found in one pass, before the parser builds thousands of levels only to give up on them.
    /// </summary>
    private static bool IsTangled(string text)
    {
        var (containers, brackets, turns) = (0, 0, 0);
        var inPrefix = true;
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            var next = i + 1 < text.Length ? text[i + 1] : '\n';
            if (c is '\n' or '\r')
            {
                (inPrefix, containers) = (true, 0);
            }

            inPrefix = inPrefix && (char.IsWhiteSpace(c) || char.IsAsciiDigit(c) || c is '>' or '-' or '+' or '*' or '.' or ')');
            containers += inPrefix && (c is '>' or '.' or ')' || (c is '-' or '+' or '*' && char.IsWhiteSpace(next))) ? 1 : 0;
            brackets += c is '[' ? 1 : c is ']' && brackets > 0 ? -1 : 0;
            turns = !IsDelimiter(c) ? 0 : IsDelimiter(next) && next != c ? turns + 1 : turns;
            if (Math.Max(Math.Max(containers, brackets), turns) > MostNested)
            {
                return true;
            }
        }

        return false;

        static bool IsDelimiter(char c) => c is '*' or '_' or '~';
    }

    /// <summary>Images become links, so that reading a message never calls on another server; headings are sized for a conversation.</summary>
    private static void Soften(MarkdownDocument document)
    {
        foreach (var node in document.Descendants())
        {
            switch (node)
            {
                case LinkInline { IsImage: true } image:
                    image.IsImage = false;
                    if (image.FirstChild is null && image.Url is { } url)
                    {
                        image.AppendChild(new LiteralInline(url));
                    }

                    break;
                case HeadingBlock heading:
                    heading.Level = Math.Min(heading.Level + 3, 6);
                    break;
            }
        }
    }
}
