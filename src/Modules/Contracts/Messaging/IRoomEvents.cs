namespace ChatMonolith.Contracts.Messaging;

/// <param name="Json">A JSON array of the entries, as <c>GET /rooms/{id}/events</c> shows them.</param>
/// <param name="Count">How many.</param>
/// <param name="Last">The number after which the log goes on.</param>
public sealed record RoomEvents(ReadOnlyMemory<byte> Json, int Count, long Last);

/// <summary>Reads rooms' logs for the server itself; the caller answers for the right to tell them to somebody.</summary>
public interface IRoomEvents
{
    /// <summary>At most <paramref name="limit"/> (1,000) entries after a number, ascending and without a gap.</summary>
    Task<RoomEvents> After(Guid roomId, long after, int limit, CancellationToken ct);
}
