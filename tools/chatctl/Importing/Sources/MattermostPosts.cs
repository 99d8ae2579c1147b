using System.Text.Json;
using ChatMonolith.Chatctl.Importing.Texts;
using ChatMonolith.Contracts.Rooms;

namespace ChatMonolith.Chatctl.Importing.Sources;

/// <summary>The posts of a Mattermost export, each with its thread, its reactions and its files.</summary>
internal sealed class MattermostPosts(Reading reading)
{
    private const int MostAttachments = 20;
    private readonly MattermostText texts = new(reading.Workspace, reading.Emoji);

    public void Post(JsonElement data, string place)
    {
        var (team, channel) = (data.Text("team") ?? "", data.Text("channel") ?? "");
        if (reading.Workspace.Room(MattermostExport.ChannelKey(team, channel)) is { } room)
        {
            Thread(room, team, data, place);
        }
        else
        {
            reading.Report.Note("message.room", place, $"It is of {team}/{channel}, which is not in the export.");
        }
    }

    public void DirectChannel(JsonElement data, string place)
    {
        var members = data.Texts("members").Concat(data.Items("participants").Select(p => p.Text("username")).OfType<string>());
        if (Direct([.. members], place) is { } room && data.Text("header") is { Length: > 0 } header)
        {
            room.Topic = header;
        }
    }

    public void DirectPost(JsonElement data, string place)
    {
        if (Direct([.. data.Texts("channel_members")], place) is { } room)
        {
            Thread(room, team: null, data, place);
        }
        else
        {
            reading.Report.Note("message.room", place, "It is of a conversation without people.");
        }
    }

    /// <summary>The conversation of these people; the same however their order.</summary>
    private ImportedRoom? Direct(IReadOnlyList<string> usernames, string place)
    {
        var people = usernames.Select(u => u.ToLowerInvariant()).Where(u => u.Length > 0).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).Select(u => Person(u, place)).ToList();
        return people.Count == 0 ? null : Conversations.Of(reading.Workspace, people, place);
    }

    private void Thread(ImportedRoom room, string? team, JsonElement data, string place)
    {
        var pinned = data.Flag("is_pinned");
        var root = Message(room, team, data, place, pinned, root: null);
        var number = 0;
        foreach (var reply in data.Items("replies"))
        {
            number++;
            Message(room, team, reply, $"{place} (reply {number})", reply.Flag("is_pinned"), root);
        }
    }

    private (long Number, long At)? Message(ImportedRoom room, string? team, JsonElement data, string place, bool isPinned, (long Number, long At)? root)
    {
        var type = data.Text("type") ?? "";
        if (type.StartsWith("system_", StringComparison.Ordinal))
        {
            reading.Report.Note("message.system", place, $"A message of the system ({type}).");
            return null;
        }

        if (data.Number("create_at") is not { } at || !Fields.IsPlausible(at, reading.Now))
        {
            reading.Report.Note("message.date", place, $"Its time ({data.Number("create_at")?.ToString() ?? "none"}) is none that a message can have.");
            return null;
        }

        if (data.Number("delete_at") is > 0)
        {
            reading.Report.Note("message.deleted", place, "It was deleted.");
            return null;
        }

        var sender = Person((data.Text("user") ?? "").ToLowerInvariant(), place);
        var text = texts.Convert(data.Text("message") ?? "", team);
        var files = Files(data, place, ref text);
        if (text.Trim().Length == 0 && files.Count == 0 && data.Member("props") is { } props)
        {
            text = texts.Convert(MessageAttachments.Markdown(props, static t => t), team);
        }

        if (text.Trim().Length == 0 && files.Count == 0)
        {
            reading.Report.Note("message.empty", place, "It has neither a text nor a file that came.");
            return null;
        }

        // A reply was not before what it replies to, whatever the clocks said.
        at = Math.Max(at, root?.At ?? at);
        var edited = data.Number("edit_at") is { } time && time > 0 && Fields.IsPlausible(time, reading.Now) ? Math.Max(time, at) : (long?)null;
        var message = new StagedMessage(room, sender, at, text)
        {
            Sort = at * 1000,
            EditedAt = edited,
            PinnedAt = isPinned ? at : null,
            PinnedBy = sender,
            Root = root?.Number,
            Place = place,
        };
        return (reading.Add(message, files, Reactions(data, at, place)), at);
    }

    private List<StagedFile> Files(JsonElement data, string place, ref string text)
    {
        var files = new List<StagedFile>();
        foreach (var attachment in data.Items("attachments"))
        {
            var path = attachment.Text("path") ?? "";
            var name = path[(path.LastIndexOfAny(['/', '\\']) + 1)..];
            var normal = Archives.Archive.Normal(path);
            var entry = normal is null ? null : reading.Archive.Find("data/" + normal) ?? reading.Archive.Find(normal);
            if (entry is null)
            {
                reading.Report.Note("file.missing", place, normal is null ? $"The path {path} leads out of the export." : $"{path} is not in the export.");
            }
            else if (files.Count == MostAttachments)
            {
                reading.Report.Note("file.many", place, $"{path}: a message has at most {MostAttachments} files.");
                entry = null;
            }

            if (entry is not null && reading.Accepts(entry, place))
            {
                files.Add(new StagedFile(entry.Name, name));
            }
            else
            {
                text += (text.Length > 0 ? "\n" : "") + Markup.Absent(Workspace.OneLine(name, 200), url: null);
            }
        }

        return files;
    }

    private IEnumerable<(ImportedPerson By, string Emoji, long At)> Reactions(JsonElement data, long at, string place)
    {
        foreach (var reaction in data.Items("reactions"))
        {
            var name = reaction.Text("emoji_name") ?? "";
            if (reading.Emoji.Reaction(name) is not { } emoji)
            {
                reading.Report.Note("reaction.unknown", place, $"{name} is no emoji.");
                continue;
            }

            var time = reaction.Number("create_at") is { } t && Fields.IsPlausible(t, reading.Now) ? Math.Max(t, at) : at;
            yield return (Person((reaction.Text("user") ?? "").ToLowerInvariant(), place), emoji, time);
        }
    }

    private ImportedPerson Person(string username, string place) =>
        reading.Workspace.Find(username) ?? reading.Workspace.Unknown(username, username.Length == 0 ? "unknown" : username, username, isBot: false, place);
}
