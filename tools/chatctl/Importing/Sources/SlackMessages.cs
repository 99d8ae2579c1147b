using System.Text.Json;
using ChatMonolith.Chatctl.Importing.Archives;
using ChatMonolith.Chatctl.Importing.Texts;

namespace ChatMonolith.Chatctl.Importing.Sources;

/// <summary>The messages of a Slack export, day by day.</summary>
/// <param name="reading">Where they go.</param>
/// <param name="pins">By room and time stamp.</param>
/// <param name="root">What stands before every name in the archive.</param>
internal sealed class SlackMessages(Reading reading, IReadOnlyDictionary<(int Room, string Stamp), (string By, long At)> pins, string root)
{
    private const int MostAttachments = 20;

    /// <summary>People wrote these; every other subtype is something that Slack tells of.</summary>
    private static readonly HashSet<string> Written = new(StringComparer.Ordinal)
    {
        "", "bot_message", "me_message", "file_share", "file_comment", "file_mention", "thread_broadcast", "slackbot_response", "document_comment", "tombstone",
    };

    private readonly SlackText texts = new(reading.Workspace, reading.Emoji);

    /// <summary>Bots write under an id that is none of a person's.</summary>
    public static string BotKey(string id) => "bot\n" + id;

    public void Take(ImportedRoom room, string folder, Piece piece)
    {
        if (piece.Problem is { } problem)
        {
            reading.Report.Note("message.unreadable", piece.Place, problem);
            return;
        }

        try
        {
            Message(room, folder, piece.Json, piece.Place);
        }
        catch (UnreadableTextException)
        {
            reading.Report.Note("message.unreadable", piece.Place, "A text in it is no valid Unicode.");
        }
    }

    private void Message(ImportedRoom room, string folder, JsonElement json, string place)
    {
        var subtype = json.Text("subtype") ?? "";
        if (!Written.Contains(subtype))
        {
            reading.Report.Note("message.system", place, $"A message of the system ({subtype}).");
            return;
        }

        var stamp = json.Text("ts");
        if (SlackExport.Time(stamp) is not { } time || !Fields.IsPlausible(time.At, reading.Now))
        {
            reading.Report.Note("message.date", place, $"Its time ({stamp ?? "none"}) is none that a message can have.");
            return;
        }

        // A deleted message stays in an export only where a thread hangs on it.
        var isDeleted = subtype == "tombstone";
        var sender = Sender(json, place);
        var files = new List<StagedFile>();
        var text = isDeleted ? "" : Text(json, subtype, folder, files, place);
        if (!isDeleted && text.Trim().Length == 0 && files.Count == 0)
        {
            reading.Report.Note("message.empty", place, "It has neither a text nor a file that came.");
            return;
        }

        var pin = pins.TryGetValue((room.Number, stamp!), out var found) && !isDeleted ? found : default((string By, long At)?);
        var edited = json.Member("edited") is { } edit && SlackExport.Time(edit.Text("ts")) is { } editTime && Fields.IsPlausible(editTime.At, reading.Now) ? Math.Max(editTime.At, time.At) : (long?)null;
        var thread = json.Text("thread_ts");
        var message = new StagedMessage(room, sender, time.At, text)
        {
            Sort = time.Sort,
            EditedAt = isDeleted ? null : edited,
            IsDeleted = isDeleted,
            PinnedAt = pin is { } p ? Math.Max(Fields.IsPlausible(p.At, reading.Now) ? p.At : time.At, time.At) : null,
            PinnedBy = pin is { By.Length: > 0 } by ? Person(by.By, place) : sender,
            Key = stamp,
            RootKey = thread is not null && thread != stamp ? thread : null,
            Place = place,
        };
        if (isDeleted)
        {
            reading.Report.Note("message.deleted", place, "It was deleted, and a thread hangs on it; its place stays.");
        }

        reading.Add(message, files, isDeleted ? [] : Reactions(json, time.At, place));
    }

    private string Text(JsonElement json, string subtype, string folder, List<StagedFile> files, string place)
    {
        var text = texts.Convert(json.Text("text") ?? "", place);
        if (subtype == "me_message" && text.Length > 0 && !text.Contains('\n', StringComparison.Ordinal))
        {
            text = $"_{text}_";
        }

        // Of a person's message these are previews of what its text links to.
        if (text.Trim().Length == 0)
        {
            text = MessageAttachments.Markdown(json, part => texts.Convert(part, place));
        }

        var all = json.Items("files");
        if (json.Member("file") is { ValueKind: JsonValueKind.Object } single && json.Member("files") is null)
        {
            all = all.Append(single);
        }

        foreach (var file in all)
        {
            if (File(file, folder, files.Count, place) is { } taken)
            {
                files.Add(taken);
            }
            else
            {
                text += (text.Length > 0 ? "\n" : "") + Markup.Absent(NameOf(file), file.Text("permalink"));
            }
        }

        return text;
    }

    private static string NameOf(JsonElement file)
    {
        var name = Workspace.OneLine(file.Text("name") ?? file.Text("title") ?? "", 200);
        return name.Length > 0 ? name : file.Text("mode") == "tombstone" ? "deleted file" : "file";
    }

    /// <summary>Slack's own export has only addresses; programs that complete it put the bytes at one of two places.</summary>
    private StagedFile? File(JsonElement file, string folder, int before, string place)
    {
        var (id, name) = (file.Text("id") ?? "", file.Text("name") ?? "");
        var entry = id.Length == 0 ? null : Find($"{root}__uploads/{id}/{name}") ?? Find($"{root}{folder}/attachments/{id}-{name}");
        if (entry is null)
        {
            reading.Report.Note("file.missing", place, $"{NameOf(file)} ({id}) is not in the archive; the message has its name and its address at Slack.");
            return null;
        }

        if (before == MostAttachments)
        {
            reading.Report.Note("file.many", place, $"{name}: a message has at most {MostAttachments} files.");
            return null;
        }

        return reading.Accepts(entry, place) ? new StagedFile(entry.Name, name) : null;
    }

    private ArchiveEntry? Find(string name) => Archive.Normal(name) is { } normal ? reading.Archive.Find(normal) : null;

    private ImportedPerson Sender(JsonElement json, string place)
    {
        if (json.Text("user") is { Length: > 0 } user)
        {
            var profile = json.Member("user_profile") ?? default;
            return SlackExport.Somebody(reading.Workspace, user, place, profile.Text("name"), profile.Text("real_name"));
        }

        var bot = json.Text("bot_id") is { Length: > 0 } id ? id : json.Text("username") ?? "bot";
        var shown = json.Text("username") is { Length: > 0 } called ? called : (json.Member("bot_profile") ?? default).Text("name") ?? bot;
        return reading.Workspace.Unknown(BotKey(bot), shown, shown, isBot: true, place);
    }

    private ImportedPerson Person(string id, string place) => SlackExport.Somebody(reading.Workspace, id, place);

    private IEnumerable<(ImportedPerson By, string Emoji, long At)> Reactions(JsonElement json, long at, string place)
    {
        foreach (var reaction in json.Items("reactions"))
        {
            var name = reaction.Text("name") ?? "";
            if (reading.Emoji.Reaction(name) is not { } emoji)
            {
                reading.Report.Note("reaction.unknown", place, $"{name} is no emoji.");
                continue;
            }

            // Slack does not say when.
            foreach (var user in reaction.Texts("users"))
            {
                yield return (Person(user, place), emoji, at);
            }
        }
    }
}
