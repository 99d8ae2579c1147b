namespace ChatMonolith.Messaging.Search;

/// <summary>Terms of which a document must have one: the words that hold a part, the rooms of a person.</summary>
internal sealed class TermSet
{
    private readonly Dictionary<int, List<long>> withPostings = [];
    private readonly Dictionary<int, List<int>> inline = [];

    public TermSet(IEnumerable<StoredTerm> terms)
    {
        foreach (var term in terms)
        {
            var places = TermPlaces.Read(term.Places);
            foreach (var number in places.Numbers)
            {
                if (places.HasPostings)
                {
                    In(withPostings, (int)number).Add(term.Id);
                }
                else
                {
                    In(inline, Posting.BlockOf(number)).Add(Posting.PlaceOf(number));
                }
            }
        }
    }

    /// <summary>The blocks in which it has documents.</summary>
    public IEnumerable<int> Blocks => withPostings.Keys.Union(inline.Keys);

    public bool IsIn(int block) => withPostings.ContainsKey(block) || inline.ContainsKey(block);

    /// <summary>The postings that have to be read for a block.</summary>
    public IEnumerable<long> Keys(int block) => withPostings.TryGetValue(block, out var ids) ? ids.Select(id => Posting.Key(block, id)) : [];

    /// <summary>How many those are.</summary>
    public int Cost(int block) => withPostings.TryGetValue(block, out var ids) ? ids.Count : 0;

    /// <summary>Its documents in a block.</summary>
    public ulong[] Places(int block, IReadOnlyDictionary<long, byte[]> postings)
    {
        var places = new ulong[Posting.Words];
        foreach (var key in Keys(block))
        {
            if (postings.TryGetValue(key, out var stored))
            {
                Posting.AddTo(places, stored);
            }
        }

        if (inline.TryGetValue(block, out var few))
        {
            few.ForEach(place => Posting.Add(places, place));
        }

        return places;
    }

    /// <summary>All documents of one term, ascending.</summary>
    public static async Task<IReadOnlyList<long>> DocumentsOf(SearchStore store, StoredTerm term, CancellationToken ct)
    {
        var set = new TermSet([term]);
        var documents = new List<long>();
        foreach (var block in set.Blocks.Order())
        {
            var places = set.Places(block, await store.Postings([.. set.Keys(block)], ct));
            documents.AddRange(Posting.Descending(places).Reverse().Select(place => Posting.Document(block, place)));
        }

        return documents;
    }

    private static List<T> In<T>(Dictionary<int, List<T>> lists, int block)
    {
        if (!lists.TryGetValue(block, out var list))
        {
            lists[block] = list = [];
        }

        return list;
    }
}
