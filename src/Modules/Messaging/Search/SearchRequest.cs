namespace ChatMonolith.Messaging.Search;

/// <summary>What is looked for, and where.</summary>
/// <param name="Pattern">What the text must hold.</param>
/// <param name="Rooms">The rooms that the caller is in, or the one of them that was asked for.</param>
/// <param name="SenderId">Who wrote it, or null for anybody.</param>
/// <param name="HasFile">Only with a file.</param>
/// <param name="After">UTC milliseconds, inclusive.</param>
/// <param name="Before">UTC milliseconds, exclusive.</param>
/// <param name="Below">The document at which the page before ended.</param>
/// <param name="Limit">Hits on a page.</param>
internal sealed record SearchRequest(
    SearchPattern Pattern, IReadOnlyCollection<Guid> Rooms, Guid? SenderId, bool HasFile, long? After, long? Before, long? Below, int Limit);

/// <param name="MessageIds">Newest first.</param>
/// <param name="Next">The document below which the next page begins; null at the end.</param>
internal sealed record SearchHits(IReadOnlyList<Guid> MessageIds, long? Next);
