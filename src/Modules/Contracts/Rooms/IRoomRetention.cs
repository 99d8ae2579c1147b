namespace ChatMonolith.Contracts.Rooms;

/// <param name="RoomId">The room.</param>
/// <param name="Days">How long its messages are kept, at least one day.</param>
public sealed record RoomRetention(Guid RoomId, int Days);

/// <summary>Which rooms do not keep their messages for ever: those that say so, and all others where the server has a default.</summary>
public interface IRoomRetention
{
    IAsyncEnumerable<RoomRetention> WithRetention(CancellationToken ct);
}
