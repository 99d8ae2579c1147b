using ChatMonolith.Contracts.Messaging;

namespace ChatMonolith.Messaging.Search;

/// <summary>A term as it is stored.</summary>
internal sealed record StoredTerm(long Id, string Term, byte[] Places);

/// <summary>A document as it is stored.</summary>
internal sealed record StoredDocument(long Number, Guid MessageId, long At, byte[] Terms);

/// <summary>A message that has the terms that are looked for.</summary>
internal sealed record Candidate(long Document, Guid Id, Guid RoomId, Guid SenderId, MessageType Type, string Text);

/// <summary>What a batch makes of the index's tables; written in one transaction.</summary>
internal sealed class IndexChanges
{
    public List<StoredTerm> NewTerms { get; } = [];

    public List<StoredTerm> ChangedTerms { get; } = [];

    public List<StoredTerm> GoneTerms { get; } = [];

    public List<(long Key, byte[] Places)> Postings { get; } = [];

    public List<long> GonePostings { get; } = [];

    public List<StoredDocument> Documents { get; } = [];

    public List<long> GoneDocuments { get; } = [];

    public List<(int Block, long FirstAt, long LastAt)> Blocks { get; } = [];

    /// <summary>Rooms with the number up to which they are in the index.</summary>
    public List<(Guid RoomId, long Seq)> Heads { get; } = [];

    public List<Guid> GoneHeads { get; } = [];
}
