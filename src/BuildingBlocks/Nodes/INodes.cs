namespace ChatMonolith.BuildingBlocks.Nodes;

/// <summary>This process among the others on the same database.</summary>
public interface INodes
{
    /// <summary>False where there can be no other: then all of what follows is as if there were one node that always lives.</summary>
    bool AreSeveral { get; }

    /// <summary>This process; another one after each start, and after its lease was lost.</summary>
    Guid Me { get; }

    /// <summary>
    /// Exactly one node does what must be done once: sending what is owed, sealing, tidying. May change at any time; what is done under it
    /// is claimed in the database besides, or does no harm when it is done twice.
    /// </summary>
    bool IsLeader { get; }

    /// <summary>
    /// Whether this node may act, by a clock that no one sets: false from the moment on at which others may take it for dead. Asked before
    /// anything is handed to a socket.
    /// </summary>
    bool HoldsLease { get; }

    /// <summary>It is about to stop, or was asked to empty itself: it takes no new sockets.</summary>
    bool IsDraining { get; }

    /// <summary>From now on it takes no new sockets, says that it is not ready, and leaves what only one does to another.</summary>
    void Drain();

    /// <summary>
    /// A statement that yields a row while node <c>$1</c> has not been shut out. In a transaction that must not take place otherwise; empty
    /// for a server alone.
    /// </summary>
    string Guard { get; }
}

/// <summary>
/// Says something to all other nodes. A letter may get lost (a connection that breaks, a node that dies); so it is a hint, and whoever
/// listens is told when something may have been missed. Letters of one node come in their order.
/// </summary>
public interface INodeBus
{
    /// <summary>At most 100,000 characters. Returns at once.</summary>
    void Tell(string topic, string letter);

    /// <summary>
    /// Returns when every other node that lives has done what it does with it; one that does not within
    /// <see cref="NodesOptions.AcknowledgeMilliseconds"/> is shut out, and then has no lease and no connection to the database.
    /// </summary>
    Task TellAndWait(string topic, string letter);
}

/// <summary>Hears the other nodes; found in the container.</summary>
public interface INodeListener
{
    /// <summary>The letters it hears.</summary>
    string Topic { get; }

    /// <summary>One letter. Whoever waits for it is answered when the task ends; what fails is logged, and not acknowledged.</summary>
    /// <param name="from">The node's <see cref="INodes.Me"/>.</param>
    /// <param name="letter">As it was told.</param>
    Task Hear(Guid from, string letter);

    /// <summary>Letters may be missing: what is kept in memory because of them is read anew, or forgotten.</summary>
    Task Missed() => Task.CompletedTask;

    /// <summary>A node has ended, or is taken for dead: what was true because of it is true no more.</summary>
    void Gone(Guid node)
    {
    }
}
