using System.Text.Json;
using ChatMonolith.Backups.Creating;
using ChatMonolith.Chatctl.Importing.Archives;
using ChatMonolith.Chatctl.Importing.Texts;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Rooms;

namespace ChatMonolith.Chatctl.Importing.Sources;

/// <summary>
/// A Mattermost bulk export, version 1: JSON lines, each an object that says its type, in the order version, teams, channels, users,
/// posts, direct channels, direct posts; attachments under <c>data/</c>.
/// </summary>
internal sealed class MattermostExport : IForeignExport
{
    private const string TownSquare = "town-square";
    private readonly Dictionary<string, string> teams = new(StringComparer.Ordinal);
    private Reading reading = null!;
    private MattermostPosts posts = null!;
    private bool peopleAreNamed;

    public static string ChannelKey(string team, string channel) => $"{team}\n{channel}";

    public void Read(Reading reading, CancellationToken ct)
    {
        this.reading = reading;
        posts = new MattermostPosts(reading);
        var entry = Lines(reading.Archive);
        using var pieces = JsonPieces.Lines(reading.Archive.Open(entry), entry.Name);
        var isFirst = true;
        foreach (var piece in pieces.EachLine())
        {
            ct.ThrowIfCancellationRequested();
            if (isFirst)
            {
                Version(piece);
                isFirst = false;
                continue;
            }

            if (piece.Problem is { } problem)
            {
                reading.Report.Note("line.unreadable", piece.Place, problem);
                continue;
            }

            try
            {
                Line(piece.Json, piece.Place);
            }
            catch (UnreadableTextException)
            {
                reading.Report.Note("line.unreadable", piece.Place, "A text in it is no valid Unicode.");
            }

            reading.Progress.Report(new BackupProgress("reading", pieces.Read, entry.Size));
        }

        if (isFirst)
        {
            throw new RefusedException($"{entry.Name} is empty.");
        }

        NamePeople();
        Finish();
    }

    private static ArchiveEntry Lines(IArchive archive)
    {
        var found = archive.Entries.Where(e => e.Name.EndsWith(".jsonl", StringComparison.OrdinalIgnoreCase) && !e.Name.StartsWith("data/", StringComparison.Ordinal)).ToList();
        return found switch
        {
            [var one] => one,
            [] => throw new RefusedException($"{archive.Path} has no .jsonl file: it is no Mattermost bulk export."),
            _ => throw new RefusedException($"{archive.Path} has {found.Count} .jsonl files; a bulk export has one."),
        };
    }

    private static void Version(Piece piece)
    {
        if (piece.Problem is not null || piece.Json.Text("type") != "version")
        {
            throw new RefusedException($"{piece.Place} does not say a version: it is no Mattermost bulk export.");
        }

        if (piece.Json.Number("version") is not 1)
        {
            throw new RefusedException($"{piece.Place} says another version of the bulk format than 1, the one that is known here.");
        }
    }

    private void Line(JsonElement line, string place)
    {
        var type = line.Text("type") ?? "";
        if (line.Member(type) is not { ValueKind: JsonValueKind.Object } data)
        {
            reading.Report.Note("line.unreadable", place, "It does not hold what its type says.");
            return;
        }

        switch (type)
        {
            case "team":
                teams.TryAdd(data.Text("name") ?? "", data.Text("display_name") ?? "");
                break;
            case "channel":
                Channel(data, place);
                break;
            case "user":
                Person(data, place, isBot: false);
                break;
            case "bot":
                Person(data, place, isBot: true);
                break;
            case "emoji":
                reading.Emoji.Own.Add(data.Text("name") ?? "");
                reading.Report.Note("emoji.own", place, $":{data.Text("name")}: stays a name; pictures of one's own are not taken.");
                break;
            case "post":
                NamePeople();
                posts.Post(data, place);
                break;
            case "direct_channel":
                NamePeople();
                posts.DirectChannel(data, place);
                break;
            case "direct_post":
                NamePeople();
                posts.DirectPost(data, place);
                break;
            default:
                reading.Report.Note("line.other", place, $"Lines of type {type} have nothing to become here.");
                break;
        }
    }

    private void Channel(JsonElement data, string place)
    {
        var (team, name) = (data.Text("team") ?? "", data.Text("name") ?? "");
        if (reading.Workspace.AddRoom(ChannelKey(team, name), data.Text("type") == "O" ? RoomType.Public : RoomType.Private) is not { } room)
        {
            reading.Report.Note("room.twice", place, $"{team}/{name} stands in the export before.");
            return;
        }

        room.Name = data.Text("display_name") is { Length: > 0 } shown ? shown : name;
        room.Topic = data.Text("header") is { Length: > 0 } header ? header : data.Text("purpose") ?? "";
        room.Group = teams.GetValueOrDefault(team) is { Length: > 0 } of ? of : team;
        room.Place = place;
        if (data.Number("deleted_at") is > 0)
        {
            reading.Report.Note("room.archived", place, $"{room.Name} was archived; it is an ordinary room here.");
        }
    }

    private void Person(JsonElement data, string place, bool isBot)
    {
        if (peopleAreNamed)
        {
            throw new RefusedException($"{place} tells of a person after the first post: the order of the bulk format is another. Take the export as it was made.");
        }

        var username = (data.Text("username") ?? "").ToLowerInvariant();
        if (username.Length == 0 || reading.Workspace.Add(username) is not { } person)
        {
            reading.Report.Note("person.twice", place, username.Length == 0 ? "A person without a username." : $"{username} stands in the export before.");
            return;
        }

        var roles = (data.Text("roles") ?? "").Split(' ');
        var full = $"{data.Text("first_name")} {data.Text("last_name")}".Trim();
        person.Wished = username;
        person.DisplayName = (isBot ? data.Text("display_name") : data.Text("nickname")) is { Length: > 0 } shown ? shown : full;
        person.Email = data.Text("email") is { Length: > 0 } email && !isBot ? email : null;
        person.Bio = (isBot ? data.Text("description") : data.Text("position")) ?? "";
        person.Language = data.Text("locale") is "de" ? "de" : "en";
        person.IsBot = isBot;
        person.IsActive = data.Number("delete_at") is null or 0;
        person.Role = roles.Contains("system_admin", StringComparer.Ordinal) ? ServerRole.Admin : roles.Contains("system_guest", StringComparer.Ordinal) ? ServerRole.Guest : ServerRole.Member;
        person.Place = place;
        foreach (var team in data.Items("teams"))
        {
            foreach (var channel in team.Items("channels"))
            {
                Join(person, team.Text("name") ?? "", channel, place);
            }
        }
    }

    private void Join(ImportedPerson person, string team, JsonElement channel, string place)
    {
        if (reading.Workspace.Room(ChannelKey(team, channel.Text("name") ?? "")) is not { } room)
        {
            reading.Report.Note("member.room", place, $"{person.Wished} is in {team}/{channel.Text("name")}, which is not in the export.");
            return;
        }

        var isAdmin = (channel.Text("roles") ?? "").Split(' ').Contains("channel_admin", StringComparer.Ordinal);
        room.Members.TryAdd(person.Number, isAdmin ? RoomRole.Owner : RoomRole.Member);
    }

    private void NamePeople()
    {
        if (!peopleAreNamed)
        {
            peopleAreNamed = true;
            reading.Workspace.GiveNames();
            RoomNames.TellApart(reading.Workspace.Rooms, reading.Report);
        }
    }

    /// <summary>With one team its Town Square is the room that everybody is in.</summary>
    private void Finish()
    {
        if (teams.Count == 1 && reading.Workspace.Room(ChannelKey(teams.Keys.First(), TownSquare)) is { } square)
        {
            square.IsGeneral = true;
        }
    }
}
