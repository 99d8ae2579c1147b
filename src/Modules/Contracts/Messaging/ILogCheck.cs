using System.Data.Common;

namespace ChatMonolith.Contracts.Messaging;

/// <param name="RoomId">Whose log.</param>
/// <param name="Seq">Its last entry.</param>
/// <param name="Digest">d(<paramref name="Seq"/>) as it stands there, 64 hex digits.</param>
/// <param name="Problem">Why the entries do not lead there; null when they do.</param>
public sealed record CheckedLog(Guid RoomId, long Seq, string Digest, string? Problem);

/// <summary>Follows the chains of the logs from their beginning (HTTP contract, "The log's digest").</summary>
public interface ILogCheck
{
    /// <summary>Every room's log in this database or copy of one.</summary>
    IAsyncEnumerable<CheckedLog> Logs(DbConnection connection, CancellationToken ct);

    /// <summary>The life of the logs; null in a database that was never started.</summary>
    Task<string?> Epoch(DbConnection connection, CancellationToken ct);
}
