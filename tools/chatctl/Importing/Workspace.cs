using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Rooms;

namespace ChatMonolith.Chatctl.Importing;

/// <summary>Somebody of the source.</summary>
internal sealed class ImportedPerson(int number, string key)
{
    public int Number => number;

    /// <summary>What the source knows them by: an id, or a username.</summary>
    public string Key => key;

    public Guid Id { get; } = Guid.CreateVersion7();

    /// <summary>As the source calls them.</summary>
    public string Wished { get; set; } = "";

    /// <summary>As they are called here; empty until the names are given out.</summary>
    public string Username { get; set; } = "";

    public string DisplayName { get; set; } = "";

    public string? Email { get; set; }

    public string Bio { get; set; } = "";

    public string Language { get; set; } = "";

    public ServerRole Role { get; set; }

    public bool IsBot { get; set; }

    public bool IsActive { get; set; } = true;

    /// <summary>The time of their first message, in UTC milliseconds.</summary>
    public long FirstAt { get; set; } = long.MaxValue;

    public string Place { get; set; } = "";
}

/// <summary>A conversation of the source.</summary>
internal sealed class ImportedRoom(int number, RoomType type)
{
    public int Number => number;

    public RoomType Type { get; set; } = type;

    public Guid Id { get; } = Guid.CreateVersion7();

    public string? Name { get; set; }

    public string Topic { get; set; } = "";

    /// <summary>What tells rooms of one name apart: their team.</summary>
    public string Group { get; set; } = "";

    /// <summary>UTC milliseconds; 0 where the source does not say.</summary>
    public long CreatedAt { get; set; }

    public ImportedPerson? Creator { get; set; }

    /// <summary>The one that everybody is in.</summary>
    public bool IsGeneral { get; set; }

    /// <summary>By the people's numbers, in the order of the source.</summary>
    public OrderedDictionary<int, RoomRole> Members { get; } = [];

    /// <summary>The time of its first message, in UTC milliseconds.</summary>
    public long FirstAt { get; set; } = long.MaxValue;

    public string Place { get; set; } = "";
}

/// <summary>People and rooms of the source. They fit into memory; messages do not, and are in <see cref="Staging"/>.</summary>
internal sealed class Workspace(ImportReport report)
{
    private const int MostPeople = 1_000_000;
    private const int MostRooms = 1_000_000;
    private readonly Dictionary<string, ImportedPerson> byKey = new(StringComparer.Ordinal);
    private readonly Dictionary<string, ImportedRoom> rooms = new(StringComparer.Ordinal);
    private readonly UserNames names = new();
    private readonly HashSet<string> addresses = new(StringComparer.Ordinal);
    private bool named;

    public List<ImportedPerson> People { get; } = [];

    public List<ImportedRoom> Rooms { get; } = [];

    public ImportedPerson? Find(string key) => byKey.GetValueOrDefault(key);

    /// <summary>Null where somebody is known by that key already.</summary>
    public ImportedPerson? Add(string key)
    {
        if (People.Count == MostPeople)
        {
            throw new RefusedException($"The export has more than {MostPeople} people.");
        }

        var person = new ImportedPerson(People.Count, key);
        if (!byKey.TryAdd(key, person))
        {
            return null;
        }

        People.Add(person);
        return person;
    }

    /// <summary>The same person under another key of the source's.</summary>
    public void Alias(string key, ImportedPerson person) => byKey.TryAdd(key, person);

    public ImportedRoom? Room(string key) => rooms.GetValueOrDefault(key);

    /// <summary>Null where there is a room by that key already.</summary>
    public ImportedRoom? AddRoom(string key, RoomType type)
    {
        if (Rooms.Count == MostRooms)
        {
            throw new RefusedException($"The export has more than {MostRooms} conversations.");
        }

        var room = new ImportedRoom(Rooms.Count, type);
        if (!rooms.TryAdd(key, room))
        {
            return null;
        }

        Rooms.Add(room);
        return room;
    }

    /// <summary>The same conversation under another name of the source's.</summary>
    public void Alias(string key, ImportedRoom room) => rooms.TryAdd(key, room);

    /// <summary>
    /// Gives everybody their name here. Who has one already that can stay keeps it, then the others get theirs, all in the order of the
    /// source's own keys: the same export gives the same names.
    /// </summary>
    public void GiveNames()
    {
        named = true;
        foreach (var person in People.OrderBy(p => UserNames.CanStay(p.Wished) ? 0 : 1).ThenBy(p => p.Key, StringComparer.Ordinal))
        {
            Name(person);
        }
    }

    /// <summary>Who is spoken of, and is not among the source's people: an account that nobody can log in to, so that their words have a sender.</summary>
    public ImportedPerson Unknown(string key, string wished, string displayName, bool isBot, string place)
    {
        if (Find(key) is { } known)
        {
            return known;
        }

        var person = Add(key)!;
        (person.Wished, person.DisplayName, person.IsBot, person.IsActive, person.Place) = (wished, displayName, isBot, false, place);
        if (named)
        {
            Name(person);
        }

        report.Note(isBot ? "person.bot" : "person.unknown", place, $"{key} is not among the people of the export; {(named ? person.Username : wished)} stands for it, deactivated.");
        return person;
    }

    private void Name(ImportedPerson person)
    {
        person.Username = names.Take(person.Wished);
        if (person.Username != person.Wished)
        {
            report.Note("person.renamed", person.Place, $"{person.Wished} is called {person.Username} here.");
        }

        person.DisplayName = OneLine(person.DisplayName, 80) is { Length: > 0 } shown ? shown : person.Username;
        person.Bio = OneLine(person.Bio, 500);
        if (person.Email is not { } email)
        {
            return;
        }

        if (!Auth.Accounts.AccountRules.IsEmail(email))
        {
            report.Note("person.email", person.Place, $"{person.Username} has no address that mail can go to.");
            person.Email = null;
        }
        else if (!addresses.Add(Auth.Persistence.Account.EmailKey(email)))
        {
            report.Note("person.email", person.Place, $"{person.Username} has the address of another account; it stays with the first.");
            person.Email = null;
        }
    }

    /// <summary>Without what breaks a line, at most so long, never half of a pair.</summary>
    public static string OneLine(string text, int max)
    {
        var line = new string([.. text.Select(c => char.IsControl(c) ? ' ' : c)]).Trim();
        return line.Length <= max ? line : line[..(char.IsHighSurrogate(line[max - 1]) ? max - 1 : max)].TrimEnd();
    }
}
