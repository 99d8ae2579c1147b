using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms;

namespace ChatMonolith.Chatctl.Importing;

/// <summary>Names of rooms as they can be here, each once: a name that two rooms share leads to neither.</summary>
internal static class RoomNames
{
    public static void TellApart(IReadOnlyList<ImportedRoom> rooms, ImportReport report)
    {
        var taken = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var shared = rooms.Where(r => r.Type is not RoomType.Direct).GroupBy(r => Shown(r.Name), StringComparer.OrdinalIgnoreCase).Where(g => g.Skip(1).Any()).Select(g => g.Key).ToHashSet(StringComparer.OrdinalIgnoreCase);
        foreach (var room in rooms.Where(r => r.Type is not RoomType.Direct))
        {
            var name = Shown(room.Name);
            var wished = shared.Contains(name) && room.Group.Length > 0 ? Workspace.OneLine(name, RoomText.MaxName - 30) + $" ({Workspace.OneLine(room.Group, 24)})" : name;
            var free = wished;
            for (var number = 2; !taken.Add(free); number++)
            {
                free = Workspace.OneLine(wished, RoomText.MaxName - 8) + " " + number;
            }

            if (free != room.Name)
            {
                report.Note("room.renamed", room.Place, $"{room.Name} is called {free} here.");
            }

            room.Name = free;
        }
    }

    /// <summary>Some of it visible, in one line.</summary>
    private static string Shown(string? name) => Workspace.OneLine(name ?? "", RoomText.MaxName) is { } line && line.Any(char.IsLetterOrDigit) ? line : "Room " + Workspace.OneLine(name ?? "", 40).Trim();
}
