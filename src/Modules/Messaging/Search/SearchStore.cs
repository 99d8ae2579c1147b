using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace ChatMonolith.Messaging.Search;

/// <summary>
/// The statements on the index's tables, on one connection. A search makes hundreds of small look-ups, for which EF has no words that
/// are cheap: on SQLite they are prepared statements in a loop, on PostgreSQL arrays in one trip.
/// </summary>
internal abstract class SearchStore : IAsyncDisposable
{
    /// <summary>On a connection for reading.</summary>
    public static async ValueTask<SearchStore> Open(Database database, CancellationToken ct)
    {
        var connection = await database.Open(ct);
        return connection is SqliteConnection sqlite ? new SqliteSearchStore(sqlite) : new PostgresSearchStore((NpgsqlConnection)connection);
    }

    /// <summary>
    /// On a connection of the follower's own. What is lost with the power is followed again, so no commit waits for the disk; freed
    /// pages are overwritten, as for every writer.
    /// </summary>
    public static async ValueTask<SearchStore> OpenWriter(Database database, CancellationToken ct)
    {
        var connection = await database.OpenWriter(ct);
        if (connection is not SqliteConnection sqlite)
        {
            return new PostgresSearchStore((NpgsqlConnection)connection);
        }

        await using var command = sqlite.CreateCommand();
        command.CommandText = "PRAGMA synchronous=NORMAL; PRAGMA cache_size=-16384;";
        await command.ExecuteNonQueryAsync(ct);
        return new SqliteSearchStore(sqlite);
    }

    /// <summary>The terms among <paramref name="terms"/> that the index has.</summary>
    public abstract Task<IReadOnlyList<StoredTerm>> Terms(IReadOnlyCollection<string> terms, CancellationToken ct);

    public abstract Task<IReadOnlyList<StoredTerm>> Terms(IReadOnlyCollection<long> ids, CancellationToken ct);

    /// <summary>The words that hold a part, at most <paramref name="limit"/> of them.</summary>
    public abstract Task<IReadOnlyList<StoredTerm>> TermsWith(string part, int limit, CancellationToken ct);

    /// <summary>The postings under these keys, of those that there are.</summary>
    public abstract Task<IReadOnlyDictionary<long, byte[]>> Postings(IReadOnlyList<long> keys, CancellationToken ct);

    public abstract Task<IReadOnlyList<StoredDocument>> Documents(IReadOnlyList<long> documents, CancellationToken ct);

    /// <summary>
    /// The documents' messages as they are now, but for deleted ones. What is indexed has left the log's tail (ADR 0022), so nothing has to
    /// be settled before.
    /// </summary>
    public abstract Task<IReadOnlyList<Candidate>> Candidates(IReadOnlyList<long> documents, long after, long before, CancellationToken ct);

    public abstract Task<IReadOnlyList<StoredDocument>> DocumentsOf(IReadOnlyCollection<Guid> messageIds, CancellationToken ct);

    /// <summary>All blocks with their times, ascending.</summary>
    public abstract Task<IReadOnlyList<(int Block, long FirstAt, long LastAt)>> Blocks(CancellationToken ct);

    /// <summary>The highest document and the highest term; 0 for an empty index.</summary>
    public abstract Task<(long Document, long Term)> Last(CancellationToken ct);

    /// <summary>All or nothing. The caller holds the write gate.</summary>
    public abstract Task Write(IndexChanges changes, CancellationToken ct);

    /// <summary>Of several nodes one writes at a time, until <see cref="Unlock"/> or the end of the connection.</summary>
    public virtual Task Lock(CancellationToken ct) => Task.CompletedTask;

    public virtual Task Unlock() => Task.CompletedTask;

    /// <summary>Takes out of the bigrams what was deleted from them, a step at a time.</summary>
    /// <returns>Whether there may be more to do.</returns>
    public abstract Task<bool> Tidy(CancellationToken ct);

    public abstract ValueTask DisposeAsync();

    /// <summary>Bigrams as they are stored and asked for: each once.</summary>
    protected static string Grams(string term, string separator) => string.Join(separator, Search.Terms.Bigrams(term).Distinct(StringComparer.Ordinal));
}
