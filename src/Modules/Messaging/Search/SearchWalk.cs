using ChatMonolith.Contracts.Messaging;

namespace ChatMonolith.Messaging.Search;

/// <summary>
/// Walks the index from the newest block to the oldest: in each, the documents that have a term of every set are candidates, and a
/// candidate is a hit if its message, read as it is now, lies in one of the rooms and holds what is looked for. So a common word is
/// found in the first block, and a rare one touches only the blocks that its terms name.
/// </summary>
internal sealed class SearchWalk(SearchStore store, SearchRequest request)
{
    /// <summary>A part that more words hold than that is so common that the texts are walked instead.</summary>
    private const int MostWords = 1_000;

    /// <summary>Texts that one page reads at most; then its cursor goes on.</summary>
    public const int MostTexts = 1_500;

    /// <summary>Postings that one page reads at most, apart from those of its last blocks.</summary>
    public const int MostPostings = 20_000;
    private const int PostingsAtOnce = 4_000;
    private const int TextsAtOnce = 256;

    /// <summary>So many postings are read in the time of one text.</summary>
    private const int PostingsPerText = 4;
    private static readonly Dictionary<long, byte[]> NoPostings = [];

    private readonly HashSet<Guid> rooms = [.. request.Rooms];
    private readonly List<(Guid Id, long Document)> hits = [];
    private readonly List<long> candidates = [];
    private int textsAtOnce = Math.Clamp(request.Limit + 1, 64, TextsAtOnce);
    private int texts;
    private int postings;
    private bool isWhole = true;

    /// <summary>All candidates from this document on are gathered.</summary>
    private long gathered = long.MaxValue;

    /// <summary>Where the walk stands: everything from here on is looked at.</summary>
    private long looked = request.Below ?? long.MaxValue;

    public async Task<SearchHits> Run(CancellationToken ct)
    {
        if (await Sets(ct) is not { } sets)
        {
            return new SearchHits([], Next: null);
        }

        var blocks = await Blocks(sets, ct);
        var done = 0;
        for (var atOnce = 1; done < blocks.Count && !IsOver(); atOnce *= 2)
        {
            done += await Look(sets, Some(sets, blocks, done, atOnce), ct);
        }

        if (hits.Count <= request.Limit && texts < MostTexts)
        {
            await Check(ct);
        }

        var isEnd = done == blocks.Count && isWhole && candidates.Count == 0 && hits.Count <= request.Limit;
        var page = hits.Take(request.Limit).ToList();
        return new SearchHits(page.ConvertAll(h => h.Id), isEnd ? null : hits.Count > request.Limit ? page[^1].Document : looked);
    }

    private bool IsOver() => hits.Count > request.Limit || texts >= MostTexts || postings >= MostPostings;

    /// <returns>Null if one of them is empty: nothing can be found.</returns>
    private async Task<List<TermSet>?> Sets(CancellationToken ct)
    {
        var parts = request.Pattern.Indexed().ToList();
        var names = parts.Where(p => p.IsTerm).Select(p => p.Text).Append(Terms.File).Concat(request.Rooms.Select(Terms.Room));
        if (request.SenderId is { } sender)
        {
            names = names.Append(Terms.Sender(sender));
        }

        var found = (await store.Terms(names.ToHashSet(StringComparer.Ordinal), ct)).ToDictionary(t => t.Term, StringComparer.Ordinal);
        var sets = new List<IReadOnlyList<StoredTerm>> { request.Rooms.Select(r => found.GetValueOrDefault(Terms.Room(r))).OfType<StoredTerm>().ToList() };
        IEnumerable<string> alone = [.. parts.Where(p => p.IsTerm).Select(p => p.Text), .. request.HasFile ? [Terms.File] : Array.Empty<string>(), .. request.SenderId is { } id ? [Terms.Sender(id)] : Array.Empty<string>()];
        sets.AddRange(alone.Select(name => found.TryGetValue(name, out var term) ? (IReadOnlyList<StoredTerm>)[term] : []));
        foreach (var part in parts.Where(p => !p.IsTerm))
        {
            if (sets.Exists(s => s.Count == 0))
            {
                return null;
            }

            var words = await store.TermsWith(part.Text, MostWords + 1, ct);
            if (words.Count <= MostWords)
            {
                sets.Add(words);
            }
        }

        return sets.Exists(s => s.Count == 0) ? null : sets.ConvertAll(s => new TermSet(s));
    }

    /// <summary>The blocks in which every set has something, the newest first.</summary>
    private async Task<List<int>> Blocks(List<TermSet> sets, CancellationToken ct)
    {
        var newest = Posting.BlockOf(Math.Min(looked - 1, Posting.Document(int.MaxValue, 0)));
        var blocks = sets[0].Blocks.Where(b => b <= newest && sets.TrueForAll(s => s.IsIn(b)));
        if (request.After is not null || request.Before is not null)
        {
            var within = (await store.Blocks(ct)).Where(b => b.LastAt >= (request.After ?? 0) && b.FirstAt < (request.Before ?? long.MaxValue)).Select(b => b.Block).ToHashSet();
            blocks = blocks.Where(within.Contains);
        }

        return [.. blocks.OrderDescending()];
    }

    /// <summary>The next blocks to look at: more each time, as long as they need few postings.</summary>
    private static List<int> Some(List<TermSet> sets, List<int> blocks, int from, int atOnce)
    {
        var some = new List<int>();
        var keys = 0;
        for (var i = from; i < blocks.Count && some.Count < atOnce && (keys < PostingsAtOnce || some.Count == 0); i++)
        {
            some.Add(blocks[i]);
            keys += sets.Min(s => s.Cost(blocks[i]));
        }

        return some;
    }

    /// <returns>How many of the blocks were looked at: fewer if they turn out to need too many postings.</returns>
    private async Task<int> Look(List<TermSet> sets, List<int> blocks, CancellationToken ct)
    {
        isWhole = false;
        var found = await Intersect(sets, blocks, ct);
        foreach (var block in blocks)
        {
            var places = found[block];
            foreach (var place in Posting.Descending(places))
            {
                var document = Posting.Document(block, place);
                if (document >= looked)
                {
                    continue;
                }

                candidates.Add(document);
                if (candidates.Count >= textsAtOnce)
                {
                    await Check(ct);
                    if (IsOver())
                    {
                        return blocks.Count;
                    }
                }
            }

            gathered = Posting.Document(block, 0);
        }

        isWhole = true;
        return blocks.Count;
    }

    /// <summary>
    /// The documents of each block that may match. The sets that need the fewest postings come first; one that needs many, while few
    /// documents are left, is not asked: reading the messages themselves is cheaper, and they are checked for everything. Blocks for which
    /// too many postings would be read at once are taken off the list.
    /// </summary>
    private async Task<Dictionary<int, ulong[]>> Intersect(List<TermSet> sets, List<int> blocks, CancellationToken ct)
    {
        var found = new Dictionary<int, ulong[]>(blocks.Count);
        foreach (var set in sets.OrderBy(s => blocks.Sum(s.Cost)))
        {
            var asked = blocks.FindAll(b => !found.TryGetValue(b, out var left) || (set.Cost(b) < Posting.Count(left) * PostingsPerText && !Posting.IsEmpty(left)));
            var cost = 0;
            if (asked.FindIndex(b => (cost += set.Cost(b)) > PostingsAtOnce && b != blocks[0]) is >= 0 and var tooMany)
            {
                blocks.RemoveRange(blocks.IndexOf(asked[tooMany]), blocks.Count - blocks.IndexOf(asked[tooMany]));
                asked.RemoveRange(tooMany, asked.Count - tooMany);
            }

            long[] keys = [.. asked.SelectMany(set.Keys)];
            postings += keys.Length;
            var stored = keys.Length == 0 ? NoPostings : await store.Postings(keys, ct);
            foreach (var block in asked)
            {
                var places = set.Places(block, stored);
                if (found.TryGetValue(block, out var left))
                {
                    Posting.Keep(places, left);
                }

                found[block] = places;
            }
        }

        return found;
    }

    /// <summary>Reads the candidates' messages as they are now, and keeps the hits among them.</summary>
    private async Task Check(CancellationToken ct)
    {
        if (candidates.Count > 0)
        {
            var messages = await store.Candidates(candidates, request.After ?? 0, request.Before ?? long.MaxValue, ct);
            texts += messages.Count;
            hits.AddRange(messages
                .Where(m => rooms.Contains(m.RoomId) && (request.SenderId is not { } sender || m.SenderId == sender) && (!request.HasFile || m.Type == MessageType.File))
                .Where(m => request.Pattern.Matches(NormalText.Of(m.Text)))
                .OrderByDescending(m => m.Document)
                .Select(m => (m.Id, m.Document)));
        }

        looked = Math.Min(candidates.Count > 0 ? candidates[^1] : looked, gathered);
        candidates.Clear();
        textsAtOnce = Math.Min(2 * textsAtOnce, TextsAtOnce);
    }
}
