using ChatMonolith.BuildingBlocks.Errors;

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

/// <summary>The answer to a command that nobody waits for: it gets exactly one of the two.</summary>
public interface IPipelinedReply : ICommandReply
{
    /// <summary>Queues the <c>error</c>. Must not block.</summary>
    void Refused(Error error);
}
