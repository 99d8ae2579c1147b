using System.Globalization;

namespace ChatMonolith.Chatctl.Seeding;

/// <summary>A room to be made: whom it takes, as positions in the list of people, and how many messages it gets.</summary>
internal sealed record PlannedRoom(int FirstMember, int Members, int Messages);

/// <summary>Who is in which room. Rooms take their people in turn, so that groups share nobody while there are people enough.</summary>
internal sealed record SeedPlan(int Users, int Messages, IReadOnlyList<PlannedRoom> Rooms)
{
    private const int MostUsers = 1_000_000;
    private const int MostRooms = 1_000_000;
    private const int MostMessages = 50_000_000;

    /// <exception cref="RefusedException">The numbers make no plan.</exception>
    public static SeedPlan Create(int users, string rooms, string members, int messages)
    {
        var groups = Numbers("--rooms", rooms, 0, MostRooms);
        var sizes = Numbers("--members", members, 1, MostUsers);
        Require(groups.Length == sizes.Length || sizes.Length == 1, "--members needs one number, or one for each group of --rooms.");
        Require(users is >= 1 and <= MostUsers, $"--users is 1 to {MostUsers}.");
        Require(messages is >= 0 and <= MostMessages, $"--messages is 0 to {MostMessages}.");
        var count = groups.Sum();
        Require(count <= MostRooms, $"At most {MostRooms} rooms.");
        Require(count > 0 || messages == 0, "Messages need a room.");
        var planned = new List<PlannedRoom>(count);
        var next = 0;
        for (var group = 0; group < groups.Length; group++)
        {
            var size = sizes.Length == 1 ? sizes[0] : sizes[group];
            Require(groups[group] == 0 || size <= users, $"A room of {size} needs as many --users.");
            for (var i = 0; i < groups[group]; i++)
            {
                var share = (messages / count) + (planned.Count < messages % count ? 1 : 0);
                planned.Add(new PlannedRoom(next, size, share));
                next = (next + size) % users;
            }
        }

        return new SeedPlan(users, messages, planned);
    }

    /// <summary>The people of a room, as positions; the first owns it.</summary>
    public IEnumerable<int> MembersOf(PlannedRoom room) => Enumerable.Range(room.FirstMember, room.Members).Select(i => i % Users);

    private static int[] Numbers(string option, string text, int min, int max) =>
    [
        .. text.Split(',').Select(part =>
            int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
                ? number
                : throw new RefusedException($"{option} is a number, or several with commas between them, each {min} to {max}.")),
    ];

    private static void Require(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new RefusedException(otherwise);
        }
    }
}
