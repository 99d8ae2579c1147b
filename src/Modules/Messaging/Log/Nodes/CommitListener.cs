using ChatMonolith.BuildingBlocks.Nodes;

namespace ChatMonolith.Messaging.Log.Nodes;

/// <summary>Another node has committed something: it is followed soon.</summary>
internal sealed class CommitListener(LogWriter log) : INodeListener
{
    public string Topic => NodeLog.Committed;

    public Task Hear(Guid from, string letter)
    {
        log.FollowSoon();
        return Task.CompletedTask;
    }

    public Task Missed() => Hear(default, "");

    public void Gone(Guid node) => log.FollowSoon();
}
