using System.Text;
using System.Text.Json;

namespace ChatMonolith.Chatctl.Importing.Sources;

/// <summary>
/// What programs post beside or in place of a text: both products have the same members for it (<c>attachments</c> with <c>pretext</c>,
/// <c>title</c>, <c>text</c>, <c>fields</c>, <c>fallback</c>). It becomes a quote.
/// </summary>
internal static class MessageAttachments
{
    private const int Most = 20;

    public static string Markdown(JsonElement holder, Func<string, string> convert)
    {
        var result = new StringBuilder();
        foreach (var attachment in holder.Items("attachments").Take(Most))
        {
            if (attachment.Text("pretext") is { Length: > 0 } before)
            {
                result.Append(convert(before)).Append('\n');
            }

            var body = new StringBuilder();
            if (attachment.Text("title") is { Length: > 0 } title)
            {
                var target = attachment.Text("title_link") is { } link ? Texts.Markup.Target(link) : null;
                body.Append(target is null ? $"**{convert(title)}**" : $"[{Texts.Markup.Label(convert(title))}]({target})").Append('\n');
            }

            if (attachment.Text("text") is { Length: > 0 } text)
            {
                body.Append(convert(text)).Append('\n');
            }

            foreach (var field in attachment.Items("fields").Take(Most))
            {
                body.Append($"{convert(field.Text("title") ?? "")}: {convert(field.Text("value") ?? "")}").Append('\n');
            }

            if (body.Length == 0 && attachment.Text("fallback") is { Length: > 0 } fallback)
            {
                body.Append(convert(fallback)).Append('\n');
            }

            if (body.Length > 0)
            {
                result.Append("> ").Append(body.ToString().TrimEnd('\n').Replace("\n", "\n> ", StringComparison.Ordinal)).Append("\n\n");
            }
        }

        return result.ToString().TrimEnd('\n');
    }
}
