using System.Globalization;

namespace ChatMonolith.Nodes.Letters;

/// <summary>What goes from one node to all others.</summary>
/// <param name="From">The node.</param>
/// <param name="Number">1, 2, 3, … of that node.</param>
/// <param name="Wait">Not 0: the sender waits until this is answered under the same number.</param>
/// <param name="Topic">Without spaces.</param>
/// <param name="Text">Whatever the topic's listener understands.</param>
internal sealed record Letter(Guid From, long Number, long Wait, string Topic, string Text)
{
    /// <summary>The answer to a letter with <see cref="Wait"/>: the node that waits, and the number.</summary>
    public const string Answer = "nodes.heard";

    /// <summary>Stands before the id of a body that is too long for a notification.</summary>
    private const char Elsewhere = '@';
    private const char Here = '=';

    public string Write() => string.Create(CultureInfo.InvariantCulture, $"{From:N} {Number} {Wait} {Topic} {Here}{Text}");

    public string WriteReference(Guid body) => string.Create(CultureInfo.InvariantCulture, $"{From:N} {Number} {Wait} {Topic} {Elsewhere}{body:N}");

    /// <summary>Null for what is none of ours.</summary>
    /// <param name="payload">Of the notification.</param>
    /// <param name="body">The id of the stored body that has to be read for it.</param>
    public static Letter? Read(string payload, out Guid? body)
    {
        body = null;
        var parts = payload.Split(' ', 5);
        if (parts.Length != 5 || parts[4].Length == 0
            || !Guid.TryParseExact(parts[0], "N", out var from)
            || !long.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            || !long.TryParse(parts[2], NumberStyles.None, CultureInfo.InvariantCulture, out var wait))
        {
            return null;
        }

        var text = parts[4][1..];
        if (parts[4][0] == Elsewhere)
        {
            if (!Guid.TryParseExact(text, "N", out var id))
            {
                return null;
            }

            body = id;
            text = "";
        }

        return new Letter(from, number, wait, parts[3], text);
    }
}
