using System.Text.RegularExpressions;

namespace ChatMonolith.Chatctl.Importing.Texts;

/// <summary>Mattermost writes Markdown as we do; names of people and channels, and emoji, are put as they are here.</summary>
internal sealed partial class MattermostText(Workspace workspace, EmojiNames emoji)
{
    /// <param name="text">As it was written.</param>
    /// <param name="team">Where; a channel's name is one within its team. Null outside of teams.</param>
    public string Convert(string text, string? team) =>
        Markup.OrAsItIs(Markup.Clean(text), clean => Markup.OutsideCode(clean, part => emoji.Replace(Rooms(People(part), team))));

    private string People(string text) =>
        text.Contains('@', StringComparison.Ordinal)
            ? Called().Replace(text, match =>
            {
                // A sentence may end behind a name that itself may end in a dot.
                var name = match.Groups["name"].Value.ToLowerInvariant();
                for (var length = name.Length; length > 0; length--)
                {
                    if (workspace.Find(name[..length]) is { } person)
                    {
                        return "@" + person.Username + match.Groups["name"].Value[length..];
                    }

                    if (name[length - 1] is not ('.' or '-' or '_'))
                    {
                        break;
                    }
                }

                return match.Value;
            })
            : text;

    private string Rooms(string text, string? team) =>
        team is not null && text.Contains('~', StringComparison.Ordinal)
            ? Channel().Replace(text, match => workspace.Room(Sources.MattermostExport.ChannelKey(team, match.Groups["name"].Value)) is { Name: { } name } ? "#" + name : match.Value)
            : text;

    [GeneratedRegex(@"(?<![\p{L}\p{N}_@/.+-])@(?<name>[A-Za-z0-9._-]{1,64})", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Called();

    [GeneratedRegex(@"(?<![\p{L}\p{N}_~/])~(?<name>[a-z0-9][a-z0-9_-]{0,63})(?!~)", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Channel();
}
