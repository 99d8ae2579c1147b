using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Realtime;

namespace ChatMonolith.Nodes;

/// <summary>Has a node empty itself, this one or another.</summary>
internal sealed class NodeDraining(INodes nodes, INodeBus bus, SocketDraining sockets) : INodeListener
{
    public string Topic => "nodes.drain";

    public void Begin(Guid node)
    {
        bus.Tell(Topic, node.ToString("N"));

        // A letter reaches all but its sender.
        EmptyIfMe(node);
    }

    public Task Hear(Guid from, string letter)
    {
        if (Guid.TryParseExact(letter, "N", out var node))
        {
            EmptyIfMe(node);
        }

        return Task.CompletedTask;
    }

    private void EmptyIfMe(Guid node)
    {
        if (node == nodes.Me)
        {
            nodes.Drain();
            _ = sockets.Empty();
        }
    }
}
