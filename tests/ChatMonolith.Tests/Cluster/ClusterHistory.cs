using System.Collections.Concurrent;
using ChatMonolith.Tests.Reliability;

namespace ChatMonolith.Tests.Cluster;

/// <summary>What the clients of one run did and saw on several nodes.</summary>
public sealed class ClusterHistory
{
    /// <summary>What was sent, what was acknowledged, what each reader got.</summary>
    public History Messages { get; } = new();

    public ConcurrentQueue<ReadBack> ReadBacks { get; } = new();

    public ConcurrentQueue<Fence> Fences { get; } = new();

    public ConcurrentQueue<StoredFile> Files { get; } = new();

    public ConcurrentQueue<ReadMark> Marks { get; } = new();
}

/// <summary>A message was read by its id on a node, after it had been acknowledged.</summary>
/// <param name="Status">0 where no answer came.</param>
public sealed record ReadBack(string What, string Node, int Status, string Expected, string Found);

/// <summary>The call that ended somebody's right to a room, or their session, has returned at this monotonic time.</summary>
/// <param name="Client">As whom the history knows what they sent and saw.</param>
public sealed record Fence(string Client, Guid Room, long At);

/// <summary>A file that was acknowledged.</summary>
public sealed record StoredFile(Guid Id, string Sha256);

/// <summary>How far somebody has read, acknowledged, and after the last fault.</summary>
public sealed record ReadMark(Guid Person, Guid Room, long Seq);

/// <summary>What one node says of a room, in the end.</summary>
public sealed record NodeRead(string Node, FinalRead Room);

/// <summary>What one node says of a person's position in a room, in the end.</summary>
public sealed record PositionRead(string Node, Guid Person, Guid Room, long LastRead, int Unread);

/// <summary>What one node serves as a file, in the end.</summary>
public sealed record FileRead(string Node, Guid Id, int Status, string Sha256);

/// <summary>All that is read when the run is over.</summary>
public sealed record Aftermath(IReadOnlyList<NodeRead> Rooms, IReadOnlyList<PositionRead> Positions, IReadOnlyList<FileRead> Files);
