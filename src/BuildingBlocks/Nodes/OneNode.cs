namespace ChatMonolith.BuildingBlocks.Nodes;

/// <summary>A server that is alone, as on SQLite: always the leader, always alive, with nobody to tell.</summary>
internal sealed class OneNode : INodes, INodeBus
{
    public bool AreSeveral => false;

    public Guid Me { get; } = Guid.NewGuid();

    public bool IsLeader => true;

    public bool HoldsLease => true;

    public bool IsDraining => false;

    public void Drain()
    {
    }

    public string Guard => "";

    public void Tell(string topic, string letter)
    {
    }

    public Task TellAndWait(string topic, string letter) => Task.CompletedTask;
}
