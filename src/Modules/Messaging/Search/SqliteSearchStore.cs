using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Messaging;
using Microsoft.Data.Sqlite;

namespace ChatMonolith.Messaging.Search;

/// <summary>On SQLite: the bigrams of terms are an FTS5 table, everything else a look-up by an integer key.</summary>
internal sealed class SqliteSearchStore(SqliteConnection connection) : SearchStore
{
    internal const string TermsSql = "SELECT id, term, places FROM msg_search_terms WHERE term = ?1";
    internal const string TermsWithSql =
        """
        SELECT t.id, t.term, t.places FROM msg_search_grams JOIN msg_search_terms AS t ON t.id = msg_search_grams.rowid
        WHERE msg_search_grams MATCH ?1 AND instr(t.term, ?2) > 0 LIMIT ?3
        """;

    internal const string PostingsSql = "SELECT places FROM msg_search_postings WHERE key = ?1";
    internal const string DocumentsSql = Document + "WHERE document = ?1";
    internal const string CandidatesSql =
        """
        SELECT d.document, m.id, m.room_id, m.sender_id, m.type, m.text FROM msg_search_documents AS d JOIN msg_messages AS m ON m.id = d.message_id
        WHERE d.document = ?1 AND d.at >= ?2 AND d.at < ?3 AND m.deleted_at IS NULL
        """;

    internal const string DocumentsOfSql = Document + "WHERE message_id = ?1";
    private const string Document = "SELECT document, message_id, at, terms FROM msg_search_documents ";

    /// <summary>Pages of FTS5 that one step merges at most: some milliseconds inside the write gate.</summary>
    private const int TidyPages = 64;
    private readonly Dictionary<string, SqliteStatement> statements = new(StringComparer.Ordinal);

    public override Task<IReadOnlyList<StoredTerm>> Terms(IReadOnlyCollection<string> terms, CancellationToken ct)
    {
        var find = Prepare(TermsSql);
        return Collect<StoredTerm>(rows =>
        {
            foreach (var term in terms)
            {
                find.Bind(term).Each(row => rows.Add(Term(row)));
            }
        });
    }

    public override Task<IReadOnlyList<StoredTerm>> Terms(IReadOnlyCollection<long> ids, CancellationToken ct)
    {
        var find = Prepare("SELECT id, term, places FROM msg_search_terms WHERE id = ?1");
        return Collect<StoredTerm>(rows =>
        {
            foreach (var id in ids)
            {
                find.Bind(id).Each(row => rows.Add(Term(row)));
            }
        });
    }

    public override Task<IReadOnlyList<StoredTerm>> TermsWith(string part, int limit, CancellationToken ct)
    {
        var find = Prepare(TermsWithSql);
        return Collect<StoredTerm>(rows => find.Bind('"' + Grams(part, "\" \"") + '"').Bind(part).Bind((long)limit).Each(row => rows.Add(Term(row))));
    }

    public override Task<IReadOnlyDictionary<long, byte[]>> Postings(IReadOnlyList<long> keys, CancellationToken ct)
    {
        var find = Prepare(PostingsSql);
        var found = new Dictionary<long, byte[]>(keys.Count);
        foreach (var key in keys)
        {
            if (find.Bind(key).First(static row => row.Bytes(0)) is { } places)
            {
                found[key] = places;
            }
        }

        return Task.FromResult<IReadOnlyDictionary<long, byte[]>>(found);
    }

    public override Task<IReadOnlyList<StoredDocument>> Documents(IReadOnlyList<long> documents, CancellationToken ct)
    {
        var find = Prepare(DocumentsSql);
        return Collect<StoredDocument>(rows =>
        {
            foreach (var document in documents)
            {
                find.Bind(document).Each(row => rows.Add(ReadDocument(row)));
            }
        });
    }

    public override Task<IReadOnlyList<Candidate>> Candidates(IReadOnlyList<long> documents, long after, long before, CancellationToken ct)
    {
        var find = Prepare(CandidatesSql);
        return Collect<Candidate>(rows =>
        {
            foreach (var document in documents)
            {
                find.Bind(document).Bind(after).Bind(before)
                    .Each(row => rows.Add(new Candidate(row.Number(0), row.Id(1), row.Id(2), row.Id(3), (MessageType)row.Number(4), row.Text(5))));
            }
        });
    }

    public override Task<IReadOnlyList<StoredDocument>> DocumentsOf(IReadOnlyCollection<Guid> messageIds, CancellationToken ct)
    {
        var find = Prepare(DocumentsOfSql);
        return Collect<StoredDocument>(rows =>
        {
            foreach (var id in messageIds)
            {
                find.Bind(id).Each(row => rows.Add(ReadDocument(row)));
            }
        });
    }

    public override Task<IReadOnlyList<(int Block, long FirstAt, long LastAt)>> Blocks(CancellationToken ct) =>
        Collect<(int, long, long)>(rows =>
            Prepare("SELECT block, first_at, last_at FROM msg_search_blocks ORDER BY block").Each(row => rows.Add(((int)row.Number(0), row.Number(1), row.Number(2)))));

    public override Task<(long Document, long Term)> Last(CancellationToken ct) =>
        Task.FromResult(Prepare("SELECT coalesce((SELECT max(document) FROM msg_search_documents), 0), coalesce((SELECT max(id) FROM msg_search_terms), 0)")
            .First(static row => (row.Number(0), row.Number(1))));

    public override Task Write(IndexChanges changes, CancellationToken ct)
    {
        Prepare("BEGIN IMMEDIATE").Run();
        try
        {
            WriteTerms(changes);
            WriteRest(changes);
            Prepare("COMMIT").Run();
        }
        catch
        {
            Prepare("ROLLBACK").Run();
            throw;
        }

        return Task.CompletedTask;
    }

    public override Task<bool> Tidy(CancellationToken ct)
    {
        // A negative number merges across levels until one segment is left, as FTS5's documentation tells; nothing more to do is seen
        // by fewer than two changes.
        var before = Changes();
        Prepare($"INSERT INTO msg_search_grams (msg_search_grams, rank) VALUES ('merge', -{TidyPages})").Run();
        return Task.FromResult(Changes() - before >= 2);

        long Changes() => Prepare("SELECT total_changes()").First(static row => row.Number(0));
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var statement in statements.Values)
        {
            statement.Dispose();
        }

        await connection.DisposeAsync();
    }

    private static StoredTerm Term(SqliteStatement row) => new(row.Number(0), row.Text(1), row.Bytes(2));

    private static StoredDocument ReadDocument(SqliteStatement row) => new(row.Number(0), row.Id(1), row.Number(2), row.Bytes(3));

    private static Task<IReadOnlyList<T>> Collect<T>(Action<List<T>> read)
    {
        var rows = new List<T>();
        read(rows);
        return Task.FromResult<IReadOnlyList<T>>(rows);
    }

    private SqliteStatement Prepare(string sql)
    {
        if (!statements.TryGetValue(sql, out var statement))
        {
            statements[sql] = statement = new SqliteStatement(connection, sql);
        }

        return statement;
    }

    private void WriteTerms(IndexChanges changes)
    {
        var insert = Prepare("INSERT INTO msg_search_terms (id, term, places) VALUES (?1, ?2, ?3)");
        var insertGrams = Prepare("INSERT INTO msg_search_grams (rowid, grams) VALUES (?1, ?2)");
        foreach (var term in changes.NewTerms)
        {
            insert.Bind(term.Id).Bind(term.Term).Bind(term.Places).Run();
            if (Search.Terms.HasParts(term.Term))
            {
                insertGrams.Bind(term.Id).Bind(Grams(term.Term, " ")).Run();
            }
        }

        var update = Prepare("UPDATE msg_search_terms SET places = ?1 WHERE id = ?2");
        foreach (var term in changes.ChangedTerms)
        {
            update.Bind(term.Places).Bind(term.Id).Run();
        }

        var delete = Prepare("DELETE FROM msg_search_terms WHERE id = ?1");
        var deleteGrams = Prepare("INSERT INTO msg_search_grams (msg_search_grams, rowid, grams) VALUES ('delete', ?1, ?2)");
        foreach (var term in changes.GoneTerms)
        {
            delete.Bind(term.Id).Run();
            if (Search.Terms.HasParts(term.Term))
            {
                deleteGrams.Bind(term.Id).Bind(Grams(term.Term, " ")).Run();
            }
        }
    }

    private void WriteRest(IndexChanges changes)
    {
        var posting = Prepare("INSERT INTO msg_search_postings (key, places) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET places = excluded.places");
        changes.Postings.ForEach(p => posting.Bind(p.Key).Bind(p.Places).Run());
        var gonePosting = Prepare("DELETE FROM msg_search_postings WHERE key = ?1");
        changes.GonePostings.ForEach(key => gonePosting.Bind(key).Run());
        var document = Prepare(
            "INSERT INTO msg_search_documents (document, message_id, at, terms) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (document) DO UPDATE SET terms = excluded.terms");
        changes.Documents.ForEach(d => document.Bind(d.Number).Bind(d.MessageId).Bind(d.At).Bind(d.Terms).Run());
        var goneDocument = Prepare("DELETE FROM msg_search_documents WHERE document = ?1");
        changes.GoneDocuments.ForEach(d => goneDocument.Bind(d).Run());
        var block = Prepare(
            "INSERT INTO msg_search_blocks (block, first_at, last_at) VALUES (?1, ?2, ?3) ON CONFLICT (block) DO UPDATE SET first_at = min(first_at, excluded.first_at), last_at = max(last_at, excluded.last_at)");
        changes.Blocks.ForEach(b => block.Bind((long)b.Block).Bind(b.FirstAt).Bind(b.LastAt).Run());
        var head = Prepare("INSERT INTO msg_search_heads (room_id, seq) VALUES (?1, ?2) ON CONFLICT (room_id) DO UPDATE SET seq = excluded.seq");
        changes.Heads.ForEach(h => head.Bind(h.RoomId).Bind(h.Seq).Run());
        var goneHead = Prepare("DELETE FROM msg_search_heads WHERE room_id = ?1");
        changes.GoneHeads.ForEach(id => goneHead.Bind(id).Run());
    }
}
