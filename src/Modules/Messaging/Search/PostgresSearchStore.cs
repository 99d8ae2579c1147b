using System.Data;
using System.Diagnostics.CodeAnalysis;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Messaging;
using Npgsql;

namespace ChatMonolith.Messaging.Search;

/// <summary>On PostgreSQL: the bigrams of terms are a <c>tsvector</c> with a GIN index; many keys go in one trip as arrays.</summary>
[SuppressMessage("Security", "CA2100:Review SQL queries for security vulnerabilities", Justification = "All text is constant; values are parameters.")]
internal sealed class PostgresSearchStore(NpgsqlConnection connection) : SearchStore
{
    internal const string TermsSql = Term + "WHERE term = ANY($1)";
    internal const string TermsWithSql =
        """
        SELECT t.id, t.term, t.places FROM msg_search_grams AS g JOIN msg_search_terms AS t ON t.id = g.term_id
        WHERE g.grams @@ $1::tsquery AND strpos(t.term, $2) > 0 LIMIT $3
        """;

    internal const string PostingsSql = "SELECT key, places FROM msg_search_postings WHERE key = ANY($1)";
    internal const string DocumentsSql = Document + "WHERE document = ANY($1)";
    internal const string CandidatesSql =
        """
        SELECT d.document, m.id, m.room_id, m.sender_id, m.type, m.text FROM msg_search_documents AS d JOIN msg_messages AS m ON m.id = d.message_id
        WHERE d.document = ANY($1) AND d.at >= $2 AND d.at < $3 AND m.deleted_at IS NULL
        """;

    internal const string DocumentsOfSql = Document + "WHERE message_id = ANY($1)";
    private const string Term = "SELECT id, term, places FROM msg_search_terms ";
    private const string Document = "SELECT document, message_id, at, terms FROM msg_search_documents ";

    public override Task<IReadOnlyList<StoredTerm>> Terms(IReadOnlyCollection<string> terms, CancellationToken ct) =>
        Read(TermsSql, ReadTerm, ct, (object)terms.ToArray());

    public override Task<IReadOnlyList<StoredTerm>> Terms(IReadOnlyCollection<long> ids, CancellationToken ct) =>
        Read(Term + "WHERE id = ANY($1)", ReadTerm, ct, ids.ToArray());

    public override Task<IReadOnlyList<StoredTerm>> TermsWith(string part, int limit, CancellationToken ct) =>
        Read(TermsWithSql, ReadTerm, ct, '\'' + Grams(part, "' & '") + '\'', part, limit);

    public override async Task<IReadOnlyDictionary<long, byte[]>> Postings(IReadOnlyList<long> keys, CancellationToken ct)
    {
        var rows = await Read(PostingsSql, r => (Key: r.GetInt64(0), Places: r.GetFieldValue<byte[]>(1)), ct, keys.ToArray());
        return rows.ToDictionary(r => r.Key, r => r.Places);
    }

    public override Task<IReadOnlyList<StoredDocument>> Documents(IReadOnlyList<long> documents, CancellationToken ct) =>
        Read(DocumentsSql, ReadDocument, ct, documents.ToArray());

    public override Task<IReadOnlyList<Candidate>> Candidates(IReadOnlyList<long> documents, long after, long before, CancellationToken ct) =>
        Read(
            CandidatesSql,
            r => new Candidate(r.GetInt64(0), r.GetGuid(1), r.GetGuid(2), r.GetGuid(3), (MessageType)r.GetInt32(4), r.GetString(5)),
            ct, documents.ToArray(), after, before);

    public override Task<IReadOnlyList<StoredDocument>> DocumentsOf(IReadOnlyCollection<Guid> messageIds, CancellationToken ct) =>
        Read(DocumentsOfSql, ReadDocument, ct, messageIds.ToArray());

    public override Task<IReadOnlyList<(int Block, long FirstAt, long LastAt)>> Blocks(CancellationToken ct) =>
        Read("SELECT block, first_at, last_at FROM msg_search_blocks ORDER BY block", r => (r.GetInt32(0), r.GetInt64(1), r.GetInt64(2)), ct);

    public override async Task<(long Document, long Term)> Last(CancellationToken ct) =>
        (await Read(
            "SELECT coalesce((SELECT max(document) FROM msg_search_documents), 0), coalesce((SELECT max(id) FROM msg_search_terms), 0)",
            r => (r.GetInt64(0), r.GetInt64(1)), ct))[0];

    public override async Task Write(IndexChanges changes, CancellationToken ct)
    {
        await using var transaction = await connection.BeginTransactionAsync(ct);

        // What is lost in a crash is followed again from the rooms' logs: no need to wait for the disk.
        await Run("SET LOCAL synchronous_commit = off", ct);
        await WriteTerms(changes, ct);
        await WriteRest(changes, ct);
        await transaction.CommitAsync(ct);
    }

    public override Task Lock(CancellationToken ct) => Run($"SELECT pg_advisory_lock({Database.SearchLock})", ct);

    public override Task Unlock() => Run($"SELECT pg_advisory_unlock({Database.SearchLock})", CancellationToken.None);

    public override Task<bool> Tidy(CancellationToken ct) => Task.FromResult(false);

    public override ValueTask DisposeAsync() => connection.DisposeAsync();

    private static StoredTerm ReadTerm(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetString(1), row.GetFieldValue<byte[]>(2));

    private static StoredDocument ReadDocument(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetGuid(1), row.GetInt64(2), row.GetFieldValue<byte[]>(3));

    private async Task WriteTerms(IndexChanges changes, CancellationToken ct)
    {
        await Run(
            "INSERT INTO msg_search_terms (id, term, places) SELECT * FROM unnest($1, $2, $3)", ct, Column(changes.NewTerms, t => t.Id), Column(changes.NewTerms, t => t.Term), Column(changes.NewTerms, t => t.Places));
        var words = changes.NewTerms.FindAll(t => Search.Terms.HasParts(t.Term));
        await Run(
            "INSERT INTO msg_search_grams (term_id, grams) SELECT id, array_to_tsvector(string_to_array(grams, ' ')) FROM unnest($1, $2) AS g (id, grams)",
            ct, Column(words, t => t.Id), Column(words, t => Grams(t.Term, " ")));
        await Run(
            "UPDATE msg_search_terms AS t SET places = c.places FROM unnest($1, $2) AS c (id, places) WHERE t.id = c.id",
            ct, Column(changes.ChangedTerms, t => t.Id), Column(changes.ChangedTerms, t => t.Places));
        await Run("DELETE FROM msg_search_terms WHERE id = ANY($1)", ct, Column(changes.GoneTerms, t => t.Id));
        await Run("DELETE FROM msg_search_grams WHERE term_id = ANY($1)", ct, Column(changes.GoneTerms, t => t.Id));
    }

    private async Task WriteRest(IndexChanges changes, CancellationToken ct)
    {
        await Run(
            "INSERT INTO msg_search_postings (key, places) SELECT * FROM unnest($1, $2) ON CONFLICT (key) DO UPDATE SET places = excluded.places",
            ct, Column(changes.Postings, p => p.Key), Column(changes.Postings, p => p.Places));
        await Run("DELETE FROM msg_search_postings WHERE key = ANY($1)", ct, changes.GonePostings.ToArray());
        await Run(
            "INSERT INTO msg_search_documents (document, message_id, at, terms) SELECT * FROM unnest($1, $2, $3, $4) ON CONFLICT (document) DO UPDATE SET terms = excluded.terms",
            ct, Column(changes.Documents, d => d.Number), Column(changes.Documents, d => d.MessageId), Column(changes.Documents, d => d.At), Column(changes.Documents, d => d.Terms));
        await Run("DELETE FROM msg_search_documents WHERE document = ANY($1)", ct, changes.GoneDocuments.ToArray());
        await Run(
            """
            INSERT INTO msg_search_blocks AS b (block, first_at, last_at) SELECT * FROM unnest($1, $2, $3)
            ON CONFLICT (block) DO UPDATE SET first_at = least(b.first_at, excluded.first_at), last_at = greatest(b.last_at, excluded.last_at)
            """,
            ct, Column(changes.Blocks, b => b.Block), Column(changes.Blocks, b => b.FirstAt), Column(changes.Blocks, b => b.LastAt));
        await Run(
            "INSERT INTO msg_search_heads (room_id, seq) SELECT * FROM unnest($1, $2) ON CONFLICT (room_id) DO UPDATE SET seq = excluded.seq",
            ct, Column(changes.Heads, h => h.RoomId), Column(changes.Heads, h => h.Seq));
        await Run("DELETE FROM msg_search_heads WHERE room_id = ANY($1)", ct, changes.GoneHeads.ToArray());
    }

    private static TColumn[] Column<TRow, TColumn>(List<TRow> rows, Func<TRow, TColumn> of) => [.. rows.Select(of)];

    private async Task<IReadOnlyList<T>> Read<T>(string sql, Func<NpgsqlDataReader, T> row, CancellationToken ct, params object[] values)
    {
        await using var command = Command(sql, values);
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.Default, ct);
        var rows = new List<T>();
        while (await reader.ReadAsync(ct))
        {
            rows.Add(row(reader));
        }

        return rows;
    }

    /// <summary>Does nothing for columns without rows.</summary>
    private async Task Run(string sql, CancellationToken ct, params object[] values)
    {
        if (values is [Array { Length: 0 }, ..])
        {
            return;
        }

        await using var command = Command(sql, values);
        await command.ExecuteNonQueryAsync(ct);
    }

    private NpgsqlCommand Command(string sql, object[] values)
    {
        var command = new NpgsqlCommand(sql, connection);
        foreach (var value in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value });
        }

        return command;
    }
}
