using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Rooms;

namespace ChatMonolith.Chatctl.Importing.Making;

/// <summary>What must hold of rooms here, whatever the source has: one general room with everybody in it, and an owner where there are people.</summary>
internal static class RoomSettling
{
    public static void Settle(Workspace workspace, ImportReport report)
    {
        var general = workspace.Rooms.Find(r => r.IsGeneral) ?? NewGeneral(workspace);
        foreach (var other in workspace.Rooms.Where(r => r.IsGeneral && r != general))
        {
            other.IsGeneral = false;
        }

        (general.IsGeneral, general.Type) = (true, RoomType.Public);
        foreach (var person in workspace.People.Where(p => p is { IsActive: true, Role: not ServerRole.Guest }))
        {
            general.Members.TryAdd(person.Number, RoomRole.Member);
        }

        foreach (var room in workspace.Rooms.Where(r => r.Type is not RoomType.Direct))
        {
            if (room.Members.Count == 0)
            {
                report.Note("room.empty", room.Place, $"Nobody is in {room.Name}.");
            }
            else if (!room.Members.ContainsValue(RoomRole.Owner))
            {
                room.Members[Owner(workspace, room)] = RoomRole.Owner;
            }
        }

        report.Count("people", workspace.People.Count);
        report.Count("memberships", workspace.Rooms.Sum(r => r.Members.Count));
        foreach (var kind in workspace.Rooms.GroupBy(r => r.Type))
        {
            report.Count($"rooms, {kind.Key.ToString().ToLowerInvariant()}", kind.Count());
        }
    }

    private static ImportedRoom NewGeneral(Workspace workspace)
    {
        var room = workspace.AddRoom("\0general", RoomType.Public)!;
        var number = 1;
        for (room.Name = "general"; workspace.Rooms.Exists(r => r != room && string.Equals(r.Name, room.Name, StringComparison.OrdinalIgnoreCase)); room.Name = "general " + number)
        {
            number++;
        }

        room.Place = "(made here)";
        return room;
    }

    /// <summary>An admin who is in it, else the first who can log in, else the first.</summary>
    private static int Owner(Workspace workspace, ImportedRoom room)
    {
        var people = room.Members.Keys.Select(n => workspace.People[n]).ToList();
        return (people.Find(p => p is { IsActive: true, IsBot: false, Role: ServerRole.Admin }) ?? people.Find(p => p is { IsActive: true, IsBot: false, Role: ServerRole.Member }) ?? people[0]).Number;
    }
}
