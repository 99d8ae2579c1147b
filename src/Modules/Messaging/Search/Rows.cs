namespace ChatMonolith.Messaging.Search;

/// <summary>How far a room's log is in the index.</summary>
internal sealed class SearchHeadRow
{
    public Guid RoomId { get; set; }

    public long Seq { get; set; }
}

/// <summary>A term of the index; its row goes with the last document that holds it.</summary>
internal sealed class SearchTermRow
{
    public long Id { get; set; }

    public string Term { get; set; } = "";

    /// <summary>As <see cref="TermPlaces"/> writes it.</summary>
    public byte[] Places { get; set; } = [];
}

/// <summary>Where in one block a term stands.</summary>
internal sealed class SearchPostingRow
{
    /// <summary>As <see cref="Posting.Key"/> makes it.</summary>
    public long Key { get; set; }

    /// <summary>As <see cref="Posting.Encode"/> writes it; 1,025 bytes at most.</summary>
    public byte[] Places { get; set; } = [];
}

/// <summary>A message in the index.</summary>
internal sealed class SearchDocumentRow
{
    /// <summary>Ascending in the order of the commits.</summary>
    public long Document { get; set; }

    public Guid MessageId { get; set; }

    /// <summary>The message's <c>createdAt</c>.</summary>
    public long At { get; set; }

    /// <summary>Its terms, so that it can be taken out when its text is gone.</summary>
    public byte[] Terms { get; set; } = [];
}

/// <summary>The times between which a block's messages lie.</summary>
internal sealed class SearchBlockRow
{
    public int Block { get; set; }

    public long FirstAt { get; set; }

    public long LastAt { get; set; }
}
