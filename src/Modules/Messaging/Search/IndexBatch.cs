namespace ChatMonolith.Messaging.Search;

/// <summary>A message as it stands now, for the index.</summary>
/// <param name="Id">The message.</param>
/// <param name="RoomId">Its room.</param>
/// <param name="SenderId">Who wrote it.</param>
/// <param name="HasFile">Whether <c>has=file</c> finds it.</param>
/// <param name="At">Its <c>createdAt</c>.</param>
/// <param name="Text">Null: it is deleted or gone, and leaves the index.</param>
internal sealed record IndexedMessage(Guid Id, Guid RoomId, Guid SenderId, bool HasFile, long At, string? Text);

/// <summary>
/// Works out what a batch of messages changes in the index. It reads before the write gate is taken: nobody else writes these tables.
/// </summary>
internal sealed class IndexBatch
{
    private readonly SearchStore store;
    private readonly IndexChanges changes = new();
    private readonly Dictionary<string, Term> byName = new(StringComparer.Ordinal);
    private readonly Dictionary<long, Term> byId = [];
    private readonly Dictionary<long, ulong[]> postings = [];
    private readonly List<(Term Term, long Document, bool Adds)> steps = [];
    private long lastDocument;
    private long lastTerm;

    private IndexBatch(SearchStore store) => this.store = store;

    /// <param name="store">Read from, not written to.</param>
    /// <param name="messages">In the order of their commits; each at most once.</param>
    /// <param name="ct">Cancels the reading.</param>
    public static async Task<IndexChanges> Of(SearchStore store, IReadOnlyList<IndexedMessage> messages, CancellationToken ct)
    {
        var batch = new IndexBatch(store);
        await batch.Collect(messages, ct);
        await batch.LoadPostings(ct);
        batch.Apply();
        return batch.Write();
    }

    private async Task Collect(IReadOnlyList<IndexedMessage> messages, CancellationToken ct)
    {
        (lastDocument, lastTerm) = await store.Last(ct);
        var indexed = (await store.DocumentsOf([.. messages.Select(m => m.Id)], ct)).ToDictionary(d => d.MessageId);
        var names = messages.Select(NamesOf).ToArray();
        foreach (var term in await store.Terms(names.SelectMany(n => n).ToHashSet(StringComparer.Ordinal), ct))
        {
            Keep(term);
        }

        var known = indexed.Values.SelectMany(d => Varint.ReadAscending(d.Terms)).ToHashSet();
        known.ExceptWith(byId.Keys);
        foreach (var term in await store.Terms(known, ct))
        {
            Keep(term);
        }

        for (var i = 0; i < messages.Count; i++)
        {
            Collect(messages[i], indexed.GetValueOrDefault(messages[i].Id), [.. names[i].Select(Find)]);
        }
    }

    private void Collect(IndexedMessage message, StoredDocument? before, List<Term> terms)
    {
        if (before is null && message.Text is null)
        {
            return;
        }

        var number = before?.Number ?? ++lastDocument;
        var now = terms.ToDictionary(t => t.Id);
        var earlier = before is null ? [] : Varint.ReadAscending(before.Terms).ToHashSet();
        steps.AddRange(earlier.Where(id => !now.ContainsKey(id) && byId.ContainsKey(id)).Select(id => (byId[id], number, false)));
        if (message.Text is null)
        {
            changes.GoneDocuments.Add(number);
            return;
        }

        steps.AddRange(now.Where(t => !earlier.Contains(t.Key)).Select(t => (t.Value, number, true)));
        changes.Documents.Add(new StoredDocument(number, message.Id, message.At, Varint.WriteAscending(0, [.. now.Keys.Order()])));
        if (before is null)
        {
            changes.Blocks.Add((Posting.BlockOf(number), message.At, message.At));
        }
    }

    private async Task LoadPostings(CancellationToken ct)
    {
        var keys = steps.Where(s => s.Term.Places.HasPostings && s.Term.Places.Numbers.Contains(Posting.BlockOf(s.Document)))
            .Select(s => Posting.Key(Posting.BlockOf(s.Document), s.Term.Id)).Distinct().Order().ToArray();
        foreach (var (key, stored) in await store.Postings(keys, ct))
        {
            Posting.AddTo(Places(key), stored);
        }
    }

    private void Apply()
    {
        foreach (var (term, document, adds) in steps)
        {
            if (adds)
            {
                Add(term, document);
            }
            else
            {
                Remove(term, document);
            }
        }
    }

    private void Add(Term term, long document)
    {
        if (term.Places.HasPostings)
        {
            Posting.Add(Places(Posting.Key(Posting.BlockOf(document), term.Id)), Posting.PlaceOf(document));
            term.IsChanged |= term.Places.Add(Posting.BlockOf(document));
            return;
        }

        term.IsChanged = true;
        term.Places.Add(document);
        if (term.Places.Numbers.Count > TermPlaces.MostInline)
        {
            foreach (var inline in term.Places.MoveToPostings())
            {
                Posting.Add(Places(Posting.Key(Posting.BlockOf(inline), term.Id)), Posting.PlaceOf(inline));
            }
        }
    }

    private void Remove(Term term, long document)
    {
        if (!term.Places.HasPostings)
        {
            term.IsChanged = true;
            term.Places.Remove(document);
            return;
        }

        Posting.Remove(Places(Posting.Key(Posting.BlockOf(document), term.Id)), Posting.PlaceOf(document));
    }

    private IndexChanges Write()
    {
        foreach (var (key, places) in postings.OrderBy(p => p.Key))
        {
            if (!Posting.IsEmpty(places))
            {
                changes.Postings.Add((key, Posting.Encode(places)));
                continue;
            }

            changes.GonePostings.Add(key);
            var term = byId[Posting.TermOfKey(key)];
            term.Places.Remove(Posting.BlockOfKey(key));
            term.IsChanged = true;
        }

        foreach (var term in byId.Values.Where(t => t.IsChanged))
        {
            var stored = new StoredTerm(term.Id, term.Name, term.Places.Write());
            if (!term.Places.IsEmpty)
            {
                (term.IsNew ? changes.NewTerms : changes.ChangedTerms).Add(stored);
            }
            else if (!term.IsNew)
            {
                changes.GoneTerms.Add(stored);
            }
        }

        var blocks = changes.Blocks.GroupBy(b => b.Block).Select(g => (g.Key, g.Min(b => b.FirstAt), g.Max(b => b.LastAt))).ToArray();
        changes.Blocks.Clear();
        changes.Blocks.AddRange(blocks);
        return changes;
    }

    private static IReadOnlyCollection<string> NamesOf(IndexedMessage message)
    {
        if (message.Text is null)
        {
            return [];
        }

        var names = Terms.Of(NormalText.Of(message.Text));
        names.Add(Terms.Room(message.RoomId));
        names.Add(Terms.Sender(message.SenderId));
        if (message.HasFile)
        {
            names.Add(Terms.File);
        }

        return names;
    }

    private Term Find(string name)
    {
        if (!byName.TryGetValue(name, out var term))
        {
            byName[name] = term = new Term(++lastTerm, name, TermPlaces.New()) { IsNew = true };
            byId[term.Id] = term;
        }

        return term;
    }

    private void Keep(StoredTerm stored)
    {
        var term = new Term(stored.Id, stored.Term, TermPlaces.Read(stored.Places));
        byName[term.Name] = term;
        byId[term.Id] = term;
    }

    private ulong[] Places(long key)
    {
        if (!postings.TryGetValue(key, out var places))
        {
            postings[key] = places = new ulong[Posting.Words];
        }

        return places;
    }

    private sealed class Term(long id, string name, TermPlaces places)
    {
        public long Id { get; } = id;

        public string Name { get; } = name;

        public TermPlaces Places { get; } = places;

        public bool IsNew { get; init; }

        public bool IsChanged { get; set; }
    }
}
