using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Messaging;

namespace ChatMonolith.Messaging.Log;

/// <summary>What an entry does to who listens, at exactly its place in the order, whichever node wrote it.</summary>
internal static class MovingListeners
{
    public static void Move(Floor floor, Guid roomId, LogEntry entry)
    {
        if (entry is { Type: LogEntryType.MemberJoined, UserId: { } newcomer })
        {
            floor.Join(newcomer, roomId);
        }
        else if (entry is { Type: LogEntryType.MemberLeft, UserId: { } leaver })
        {
            floor.Leave(leaver, roomId);
        }
    }
}
