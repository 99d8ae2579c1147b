using ChatMonolith.Contracts.Rooms;

namespace ChatMonolith.Chatctl.Importing.Sources;

/// <summary>Conversations without a name: of two people it is their direct room, of one or of more a private room called by them.</summary>
internal static class Conversations
{
    /// <summary>The conversation of exactly these people; there is one.</summary>
    public static ImportedRoom Of(Workspace workspace, IReadOnlyList<ImportedPerson> people, string place)
    {
        var key = "\0" + string.Join('\n', people.Select(p => p.Number).Distinct().Order());
        var direct = people.Count == 2;
        if (workspace.AddRoom(key, direct ? RoomType.Direct : RoomType.Private) is not { } room)
        {
            return workspace.Room(key)!;
        }

        room.Place = place;
        room.Name = direct ? null : people.Count == 1 ? $"{people[0].DisplayName} (notes)" : Workspace.OneLine(string.Join(", ", people.Select(p => p.DisplayName)), 80);
        foreach (var person in people)
        {
            room.Members.TryAdd(person.Number, direct || people.Count == 1 ? RoomRole.Owner : RoomRole.Member);
        }

        return room;
    }
}
