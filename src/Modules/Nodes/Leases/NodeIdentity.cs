namespace ChatMonolith.Nodes.Leases;

/// <summary>Under which name this process is a node: another one after each loss of its lease. And how many letters it has told under it.</summary>
internal sealed class NodeIdentity
{
    private volatile Life life = new(Guid.NewGuid());

    public Guid Me => life.Id;

    /// <summary>The number of the last letter.</summary>
    public long Told => Volatile.Read(ref life.Told);

    public void BeginLife(Guid id) => life = new Life(id);

    /// <summary>The sender and the number of the next letter.</summary>
    public (Guid From, long Number) Next()
    {
        var current = life;
        return (current.Id, Interlocked.Increment(ref current.Told));
    }

    private sealed class Life(Guid id)
    {
        public long Told;

        public Guid Id => id;
    }
}
