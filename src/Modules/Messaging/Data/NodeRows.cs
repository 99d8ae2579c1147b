namespace ChatMonolith.Messaging.Data;

/// <summary>What one commit of a node's did to the logs, for the other nodes. PostgreSQL only; kept for a minute.</summary>
internal sealed class NodeBatchRow
{
    public Guid Node { get; init; }

    /// <summary>1, 2, 3, … of that node.</summary>
    public long Number { get; init; }

    /// <summary>UTC milliseconds by the database's clock, a moment before the commit.</summary>
    public long At { get; init; }

    /// <summary>As <see cref="Log.BatchNote"/> writes it.</summary>
    public byte[] Note { get; init; } = [];
}

/// <summary>A node that writes to the logs, and the number of its last commit.</summary>
internal sealed class NodeWriterRow
{
    public Guid Node { get; init; }

    public long Number { get; init; }

    /// <summary>UTC milliseconds by the database's clock.</summary>
    public long At { get; init; }
}
