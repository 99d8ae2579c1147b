using System.Text.Json;

namespace ChatMonolith.Benchmark;

/// <summary>A line of what <c>chatctl seed</c> writes.</summary>
internal sealed record SeededPerson(Guid UserId, string Username, string AccessToken, IReadOnlyList<Guid> Rooms)
{
    public static SeededPerson First(string file) => Read(File.ReadLines(file).First());

    public static SeededPerson[] All(string file) => [.. File.ReadLines(file).Select(Read)];

    private static SeededPerson Read(string line) => JsonSerializer.Deserialize<SeededPerson>(line, JsonSerializerOptions.Web)!;
}

/// <summary>A room that was seeded, with its people in order; the first owns it.</summary>
internal sealed record SeededRoom(Guid Id, IReadOnlyList<SeededPerson> Members)
{
    /// <summary>In the order in which they were asked for, as long as no room's people come before those of an earlier room.</summary>
    public static SeededRoom[] All(IEnumerable<SeededPerson> people)
    {
        var rooms = new Dictionary<Guid, List<SeededPerson>>();
        foreach (var person in people)
        {
            foreach (var room in person.Rooms)
            {
                if (!rooms.TryGetValue(room, out var members))
                {
                    rooms[room] = members = [];
                }

                members.Add(person);
            }
        }

        return [.. rooms.Select(r => new SeededRoom(r.Key, r.Value))];
    }
}
