using ChatMonolith.Contracts.Rooms;

namespace ChatMonolith.Chatctl.Seeding;

/// <summary>A room while its rows are being made.</summary>
internal sealed class SeedRoom
{
    private SeedRoom(RoomType type, string name, string topic, string? handle, int[] members, int messages)
    {
        Type = type;
        Name = name;
        Topic = topic;
        Handle = handle;
        Members = members;
        Messages = messages;
    }

    public Guid Id { get; } = Guid.CreateVersion7();

    public RoomType Type { get; }

    public string Name { get; }

    public string Topic { get; }

    public string? Handle { get; }

    /// <summary>Positions in the list of people; the first owns the room.</summary>
    public int[] Members { get; }

    public int Messages { get; }

    /// <summary>The number of its first text: no two rooms say the same.</summary>
    public int FirstText { get; set; }

    public Guid[] MessageIds { get; set; } = [];

    /// <summary>When each message was sent, UTC milliseconds.</summary>
    public long[] At { get; set; } = [];

    /// <summary>d(<see cref="LastSeq"/>).</summary>
    public byte[] Digest { get; set; } = [];

    public long LastSeq { get; set; }

    public static SeedRoom General(SeedPlan plan) =>
        new(RoomType.Public, "general", "Everyone on this server", "general", [.. Enumerable.Range(0, plan.Users)], messages: 0);

    public static SeedRoom Private(SeedPlan plan, PlannedRoom room, int index) =>
        new(RoomType.Private, $"Room {index + 1}", "", handle: null, [.. plan.MembersOf(room)], room.Messages);

    /// <summary>Who sent the message at this place: runs of a few by one person, as people write.</summary>
    public int Sender(int message) => Members[(int)(SeedText.Scatter(message / 3) % (uint)Members.Length)];
}
