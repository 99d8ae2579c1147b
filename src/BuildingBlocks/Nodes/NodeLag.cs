namespace ChatMonolith.BuildingBlocks.Nodes;

/// <summary>How far this node is behind the others' commits; written by whoever follows them, read by who tells of it.</summary>
public sealed class NodeLag
{
    private long milliseconds;

    /// <summary>From the last commit of another node until it was handed out here.</summary>
    public long Milliseconds
    {
        get => Volatile.Read(ref milliseconds);
        set => Volatile.Write(ref milliseconds, value);
    }
}
