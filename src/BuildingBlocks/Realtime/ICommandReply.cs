namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>
/// Travels with a request that came over a socket. The log calls it when the request's commit is durable and before the events that
/// it causes are handed out, so that a command's <c>ok</c> precedes its own events on the same socket.
/// </summary>
public interface ICommandReply
{
    /// <summary>Queues the <c>ok</c> with the members of <paramref name="value"/>. Called once at most; must not block.</summary>
    void Committed(object value);
}
