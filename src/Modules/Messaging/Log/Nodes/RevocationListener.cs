using ChatMonolith.BuildingBlocks.Nodes;

namespace ChatMonolith.Messaging.Log.Nodes;

/// <summary>Another node has ended a right, and waits: it hears when nothing is handed out here any more by the old one.</summary>
internal sealed class RevocationListener(LogWriter log) : INodeListener
{
    public string Topic => NodeLog.Revoked;

    public Task Hear(Guid from, string letter) => log.Follow();
}
