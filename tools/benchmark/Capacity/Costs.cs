namespace ChatMonolith.Benchmark.Capacity;

/// <summary>
/// What things cost, per unit. Measured on two slow cores (docs/performance), or assumed where it says so; a reader with figures of their
/// own changes them here.
/// </summary>
internal static class Costs
{
    /// <summary>A node's CPU for a message: reading, checking, committing. Seconds; from rooms of 5, without their deliveries.</summary>
    public const double MessageCpu = 70e-6;

    /// <summary>A node's CPU for one delivery to one socket when nothing can be sent together. Seconds; the calm room of 1,000.</summary>
    public const double DeliveryCpu = 12.5e-6;

    /// <summary>A node's CPU to follow another's message of a room that somebody listens to here: one row read, one frame made. Seconds; assumed, half of a message.</summary>
    public const double FollowCpu = 35e-6;

    /// <summary>A node's CPU for the note of another node's commit, whoever listens. Seconds; assumed.</summary>
    public const double NoteCpu = 60e-6;

    /// <summary>A node's CPU for a connection that joins, or comes back. Seconds.</summary>
    public const double JoinCpu = 1.6e-3;

    /// <summary>Bytes of a node's memory for an idle connection, with the kernel's share on top.</summary>
    public const double ConnectionBytes = 11_000 + 8_000;

    /// <summary>Bytes on the wire of one delivery of an ordinary message: the frame, TCP, IP and Ethernet.</summary>
    public const double DeliveryBytes = 420 + 66;

    /// <summary>Seconds that a commit of messages holds its share of the log on PostgreSQL: two trips and the disk; assumed, an NVMe disk.</summary>
    public const double CommitSeconds = 2e-3;

    /// <summary>Messages that one commit takes at most.</summary>
    public const int MostInCommit = 512;

    /// <summary>Seconds that another work (a reaction, an edit, a member) holds the log alone; assumed, as a commit.</summary>
    public const double WorkSeconds = 2e-3;

    /// <summary>PostgreSQL's CPU for a message: the insert with its indexes, heads, the note. Seconds; 11,500 a second on about one core.</summary>
    public const double DatabaseCpu = 87e-6;

    /// <summary>Bytes of tables and indexes for a message of 60 letters, with its entry in the log and its place in the search index; assumed.</summary>
    public const double StoredBytes = 1_500;

    /// <summary>Bytes of write-ahead log for the same, without full pages; assumed.</summary>
    public const double WalBytes = 2_500;
}
