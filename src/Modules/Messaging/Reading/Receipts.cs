using System.Globalization;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Realtime;

namespace ChatMonolith.Messaging.Reading;

/// <summary>Tells a room how far somebody has read, on all nodes.</summary>
internal sealed class Receipts(Hub hub, INodes nodes, INodeBus bus) : INodeListener
{
    public string Topic => "msg.receipts";

    public void Tell(Guid roomId, Guid userId, long seq)
    {
        TellHere(roomId, userId, seq);
        if (nodes.AreSeveral)
        {
            bus.Tell(Topic, string.Create(CultureInfo.InvariantCulture, $"{roomId:N} {userId:N} {seq}"));
        }
    }

    public Task Hear(Guid from, string letter)
    {
        if (letter.Split(' ') is [var room, var user, var number] && Guid.TryParseExact(room, "N", out var roomId) && Guid.TryParseExact(user, "N", out var userId)
            && long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
        {
            TellHere(roomId, userId, seq);
        }

        return Task.CompletedTask;
    }

    private void TellHere(Guid roomId, Guid userId, long seq)
    {
        var frame = OutFrame.Text(new Receipt("receipt", roomId, userId, seq));

        // The person's own devices have it as room.read.
        hub.Post(floor => floor.PublishEphemeral(roomId, frame, exceptUser: userId));
    }

    private sealed record Receipt(string Type, Guid RoomId, Guid UserId, long Seq);
}
