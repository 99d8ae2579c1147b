using System.Globalization;
using System.Text.Json;
using ChatMonolith.Backups.Creating;
using ChatMonolith.Chatctl.Importing.Archives;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Rooms;

namespace ChatMonolith.Chatctl.Importing.Sources;

/// <summary>
/// A Slack export: users.json (org_users.json of an Enterprise Grid), lists of conversations of four kinds, and for each conversation a
/// folder with one file a day.
/// </summary>
internal sealed class SlackExport : IForeignExport
{
    private const string SlackBot = "USLACKBOT";
    private Reading reading = null!;

    /// <summary>Pins by room and time stamp: who, when.</summary>
    private readonly Dictionary<(int Room, string Stamp), (string By, long At)> pins = [];
    private readonly Dictionary<string, ImportedRoom> folders = new(StringComparer.Ordinal);
    private readonly HashSet<string> ambiguous = new(StringComparer.Ordinal);

    public void Read(Reading reading, CancellationToken ct)
    {
        this.reading = reading;
        var root = Root(reading.Archive);
        var users = reading.Archive.Find(root + "users.json") ?? reading.Archive.Find(root + "org_users.json")!;
        Each(users, Person);
        if (reading.Workspace.People.Count == 0)
        {
            throw new RefusedException($"{users.Name} has no people.");
        }

        reading.Workspace.GiveNames();
        Each(reading.Archive.Find(root + "channels.json"), (json, place) => Channel(json, place, RoomType.Public));
        Each(reading.Archive.Find(root + "groups.json"), (json, place) => Channel(json, place, RoomType.Private));
        Each(reading.Archive.Find(root + "mpims.json"), Conversation);
        Each(reading.Archive.Find(root + "dms.json"), Conversation);
        RoomNames.TellApart(reading.Workspace.Rooms, reading.Report);
        Messages(root, ct);
    }

    /// <summary>UTC milliseconds, and microseconds, of <c>1355517523.000005</c>.</summary>
    public static (long At, long Sort)? Time(string? stamp)
    {
        if (stamp is null || stamp.Length > 20 || !decimal.TryParse(stamp, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) || seconds > 100_000_000_000)
        {
            return null;
        }

        return ((long)(seconds * 1_000), (long)(seconds * 1_000_000));
    }

    /// <summary>Who stands under this id, in the list of people or not.</summary>
    public static ImportedPerson Somebody(Workspace workspace, string id, string place, string? name = null, string? displayName = null)
    {
        if (workspace.Find(id) is { } known)
        {
            return known;
        }

        return id == SlackBot
            ? workspace.Unknown(id, "slackbot", "Slackbot", isBot: true, place)
            : workspace.Unknown(id, string.IsNullOrEmpty(name) ? "slack-" + id.ToLowerInvariant() : name, string.IsNullOrEmpty(displayName) ? id : displayName, isBot: false, place);
    }

    private static string Root(IArchive archive)
    {
        var found = archive.Entries.Where(e => e.Name is "users.json" or "org_users.json" || e.Name.EndsWith("/users.json", StringComparison.Ordinal) || e.Name.EndsWith("/org_users.json", StringComparison.Ordinal))
            .OrderBy(e => e.Name.Count(c => c == '/')).ThenBy(e => e.Name, StringComparer.Ordinal).FirstOrDefault()
            ?? throw new RefusedException($"{archive.Path} has no users.json: it is no Slack export.");
        var slash = found.Name.LastIndexOf('/');
        return slash < 0 ? "" : found.Name[..(slash + 1)];
    }

    private void Each(ArchiveEntry? entry, Action<JsonElement, string> take)
    {
        if (entry is null)
        {
            return;
        }

        using var pieces = JsonPieces.Elements(reading.Archive.Open(entry), entry.Name);
        foreach (var piece in pieces.EachElement())
        {
            // Without its people and conversations nothing of an export has a place.
            if (piece.Problem is { } problem)
            {
                throw new RefusedException($"{piece.Place} cannot be read: {problem}");
            }

            try
            {
                take(piece.Json, piece.Place);
            }
            catch (UnreadableTextException)
            {
                throw new RefusedException($"{piece.Place} cannot be read: a text in it is no valid Unicode.");
            }
        }
    }

    private void Person(JsonElement json, string place)
    {
        if (json.Text("id") is not { Length: > 0 } id || reading.Workspace.Add(id) is not { } person)
        {
            reading.Report.Note("person.twice", place, $"{json.Text("id") ?? "A person without an id"} stands in the export before.");
            return;
        }

        var profile = json.Member("profile") ?? default;
        person.Wished = json.Text("name") is { Length: > 0 } name ? name : id.ToLowerInvariant();
        person.DisplayName = First(profile.Text("display_name"), profile.Text("real_name"), json.Text("real_name"), json.Text("name"));
        person.IsBot = json.Flag("is_bot") || id == SlackBot;
        person.Email = profile.Text("email") is { Length: > 0 } email && !person.IsBot ? email : null;
        person.Bio = profile.Text("title") ?? "";
        person.Language = json.Text("locale")?.StartsWith("de", StringComparison.Ordinal) == true ? "de" : "en";
        person.IsActive = !json.Flag("deleted");
        person.Role = json.Flag("is_restricted") || json.Flag("is_ultra_restricted") ? ServerRole.Guest
            : json.Flag("is_owner") || json.Flag("is_primary_owner") || json.Flag("is_admin") ? ServerRole.Admin
            : ServerRole.Member;
        person.Place = place;
        if (profile.Text("bot_id") is { Length: > 0 } bot)
        {
            reading.Workspace.Alias(SlackMessages.BotKey(bot), person);
        }
    }

    private static string First(params ReadOnlySpan<string?> texts)
    {
        foreach (var text in texts)
        {
            if (!string.IsNullOrWhiteSpace(text))
            {
                return text;
            }
        }

        return "";
    }

    private void Channel(JsonElement json, string place, RoomType type)
    {
        if (json.Text("id") is not { Length: > 0 } id || json.Text("name") is not { Length: > 0 } name || reading.Workspace.AddRoom(id, type) is not { } room)
        {
            reading.Report.Note("room.twice", place, $"{json.Text("name") ?? "A conversation without a name or an id"} stands in the export before.");
            return;
        }

        room.Name = name;
        room.Topic = First((json.Member("topic") ?? default).Text("value"), (json.Member("purpose") ?? default).Text("value"));
        room.CreatedAt = (json.Number("created") ?? 0) * 1000;
        room.Creator = json.Text("creator") is { } creator ? reading.Workspace.Find(creator) : null;
        room.IsGeneral = json.Flag("is_general");
        room.Place = place;
        Members(room, json, place);
        Pins(room, json);
        Folder(room, name, id);
        if (json.Flag("is_archived"))
        {
            reading.Report.Note("room.archived", place, $"{name} was archived; it is an ordinary room here.");
        }
    }

    private void Conversation(JsonElement json, string place)
    {
        var people = json.Texts("members").Distinct(StringComparer.Ordinal).Select(m => Somebody(m, place)).ToList();
        if (json.Text("id") is not { Length: > 0 } id || people.Count == 0)
        {
            reading.Report.Note("room.empty", place, "A conversation without an id or without people.");
            return;
        }

        var room = Conversations.Of(reading.Workspace, people, place);
        reading.Workspace.Alias(id, room);
        room.CreatedAt = (json.Number("created") ?? 0) * 1000;
        Pins(room, json);
        Folder(room, json.Text("name"), id);
    }

    private void Members(ImportedRoom room, JsonElement json, string place)
    {
        foreach (var member in json.Texts("members"))
        {
            var person = Somebody(member, place);
            room.Members.TryAdd(person.Number, person == room.Creator ? RoomRole.Owner : RoomRole.Member);
        }
    }

    private ImportedPerson Somebody(string id, string place) => Somebody(reading.Workspace, id, place);

    private void Pins(ImportedRoom room, JsonElement json)
    {
        foreach (var pin in json.Items("pins"))
        {
            if (pin.Text("id") is { } stamp)
            {
                pins.TryAdd((room.Number, stamp), (pin.Text("user") ?? "", (pin.Number("created") ?? 0) * 1000));
            }
        }
    }

    private void Folder(ImportedRoom room, string? name, string id)
    {
        folders.TryAdd(id, room);
        if (name is not null && !folders.TryAdd(name, room) && folders[name] != room)
        {
            // A private and a public room of one name: whose messages stand there cannot be told, and one must not show the other's.
            ambiguous.Add(name);
        }
    }

    private void Messages(string root, CancellationToken ct)
    {
        foreach (var deep in reading.Archive.Entries.Where(e => e.Name.StartsWith(root, StringComparison.Ordinal) && e.Name.EndsWith(".json", StringComparison.Ordinal) && e.Name.AsSpan(root.Length).Count('/') > 1))
        {
            reading.Report.Note("message.room", deep.Name, "The file lies deeper than conversations do. It is left out.");
        }

        var days = reading.Archive.Entries
            .Where(e => e.Name.StartsWith(root, StringComparison.Ordinal) && e.Name.EndsWith(".json", StringComparison.Ordinal) && e.Name.AsSpan(root.Length).Count('/') == 1)
            .Where(e => !e.Name.AsSpan(root.Length).StartsWith("__", StringComparison.Ordinal))
            .OrderBy(e => e.Name, StringComparer.Ordinal).ToList();
        var total = days.Sum(d => d.Size);
        var done = 0L;
        var messages = new SlackMessages(reading, pins, root);
        foreach (var day in days)
        {
            var folder = day.Name[root.Length..day.Name.LastIndexOf('/')];
            if (ambiguous.Contains(folder))
            {
                reading.Report.Note("message.room", day.Name, "Several conversations of the export have this name, so whose messages these are cannot be told. They are left out.");
                continue;
            }

            if (!folders.TryGetValue(folder, out var room))
            {
                reading.Report.Note("message.room", day.Name, "The folder is of no conversation that the export lists.");
                continue;
            }

            using var pieces = JsonPieces.Elements(reading.Archive.Open(day), day.Name);
            foreach (var piece in pieces.EachElement())
            {
                ct.ThrowIfCancellationRequested();
                messages.Take(room, folder, piece);
                reading.Progress.Report(new BackupProgress("reading", done + pieces.Read, total));
            }

            done += day.Size;
        }
    }
}
