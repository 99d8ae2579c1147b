namespace ChatMonolith.Messaging.Search;

/// <summary>
/// Where a term stands: most terms stand in few messages, whose documents their own row names; the others name the blocks in which
/// they have a posting, so that no block is asked in vain.
/// </summary>
internal sealed class TermPlaces
{
    /// <summary>More documents than that go into postings.</summary>
    public const int MostInline = 8;
    private const byte Documents = 0;
    private const byte Blocks = 1;

    private readonly SortedSet<long> numbers;

    private TermPlaces(bool hasPostings, SortedSet<long> numbers)
    {
        HasPostings = hasPostings;
        this.numbers = numbers;
    }

    /// <summary>The numbers are blocks, not documents.</summary>
    public bool HasPostings { get; private set; }

    public IReadOnlySet<long> Numbers => numbers;

    public bool IsEmpty => numbers.Count == 0;

    public static TermPlaces New() => new(hasPostings: false, []);

    public static TermPlaces Read(byte[] bytes) => new(bytes[0] == Blocks, [.. Varint.ReadAscending(bytes)]);

    public byte[] Write() => Varint.WriteAscending(HasPostings ? Blocks : Documents, numbers);

    /// <returns>Whether it is new here.</returns>
    public bool Add(long number) => numbers.Add(number);

    public void Remove(long number) => numbers.Remove(number);

    /// <summary>From now on in postings.</summary>
    /// <returns>The documents that they have to hold.</returns>
    public IReadOnlyList<long> MoveToPostings()
    {
        long[] documents = [.. numbers];
        numbers.Clear();
        numbers.UnionWith(documents.Select(d => (long)Posting.BlockOf(d)));
        HasPostings = true;
        return documents;
    }
}
