using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Fuzzing;

/// <summary>What a fuzzing client may name: things of its own and of others, so that its inputs get past the first check.</summary>
internal sealed class World
{
    private World(Person person, List<string> ids) => (Person, Ids) = (person, ids);

    public Person Person { get; }

    /// <summary>Rooms, messages and users that exist, and some that do not.</summary>
    public IReadOnlyList<string> Ids { get; }

    public static async Task<World> Make(RunningServer server, Person person, Person other)
    {
        var mine = await person.CreateRoom("fuzzed", "private", other);
        var open = await other.CreateRoom($"open {Guid.NewGuid():N}", "public");
        var foreign = await other.CreateRoom("foreign", "private");
        var direct = await person.DirectRoomWith(other);
        List<string> ids = [mine.ToString(), mine.ToString(), open.ToString(), foreign.ToString(), direct.ToString(), person.Id.ToString(), other.Id.ToString(), Guid.CreateVersion7().ToString()];
        foreach (var room in new[] { mine, direct })
        {
            ids.Add((await person.Post(room, "hello, **you**")).Id().ToString());
            ids.Add((await other.Post(room, "> hello")).Id().ToString());
        }

        ids.Add((await other.Post(foreign, "secret")).Id().ToString());
        return new World(person, ids);
    }

    public string Id(Dice dice) => dice.Next(12) switch
    {
        0 => Guid.NewGuid().ToString(),
        1 => dice.Pick(Ids).ToUpperInvariant(),
        2 => Junk.Text(dice),
        _ => dice.Pick(Ids),
    };
}
