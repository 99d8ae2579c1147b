using System.Collections.Frozen;
using System.Reflection;
using ChatMonolith.Contracts.Mail;

namespace ChatMonolith.Mail.Composing;

/// <summary>
/// The texts of letters, one file for each kind and language. The first line is the subject; paragraphs are parted by blank lines. A
/// paragraph that begins with four spaces stands out; one of the form <c>[Label] {link}</c> is a link.
/// </summary>
internal static class Templates
{
    public const string Fallback = "en";

    private static readonly FrozenDictionary<string, string> Files = Read();

    public static IReadOnlyCollection<string> Languages { get; } = [.. Files.Keys.Where(k => k.Contains('/', StringComparison.Ordinal)).Select(k => k.Split('/')[0]).Distinct(StringComparer.Ordinal)];

    /// <summary>The page around a letter's paragraphs.</summary>
    public static string Layout => Files["layout.html"];

    /// <summary>The language of ours that a tag such as <c>de-AT</c> asks for; null for none.</summary>
    public static string? Known(string? tag)
    {
        var primary = tag?.Split('-')[0].ToLowerInvariant();
        return primary is not null && Languages.Contains(primary) ? primary : null;
    }

    public static (string Subject, string[] Paragraphs) Of(LetterKind kind, string language)
    {
        var text = Files[$"{Known(language) ?? Fallback}/{kind}.txt"];
        var end = text.IndexOf('\n', StringComparison.Ordinal);
        return (text[..end], text[(end + 1)..].Split("\n\n", StringSplitOptions.RemoveEmptyEntries));
    }

    /// <summary>A phrase by its name, in a file of lines <c>name = text</c>; the name itself where there is none.</summary>
    public static string Phrase(string name, string language) =>
        Files[$"{Known(language) ?? Fallback}/phrases.txt"].Split('\n').Select(l => l.Split(" = ", 2)).FirstOrDefault(p => p.Length == 2 && p[0] == name)?[1] ?? name;

    private static FrozenDictionary<string, string> Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return assembly.GetManifestResourceNames().Where(n => n.EndsWith(".txt", StringComparison.Ordinal) || n.EndsWith(".html", StringComparison.Ordinal)).ToFrozenDictionary(
            n => n.Replace('\\', '/'),
            n =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(n)!);
                return reader.ReadToEnd().ReplaceLineEndings("\n").Trim('\n');
            },
            StringComparer.Ordinal);
    }
}
