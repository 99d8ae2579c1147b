namespace ChatMonolith.Contracts.Messaging;

/// <summary>Knows and ends the sockets of sessions whose rights have ended.</summary>
public interface ISocketSessions
{
    /// <summary>
    /// Closes the sockets of these sessions with 4403 and returns when nothing is handed to them any more and nothing that they sent
    /// can be committed any more. To be called after the sessions are marked as ended (<see cref="Auth.ISessionState"/>).
    /// </summary>
    Task End(IReadOnlyCollection<Guid> sessionIds, CancellationToken ct);

    /// <summary>The sessions that have a socket open now. A live socket is use of its session.</summary>
    Task<IReadOnlySet<Guid>> Open();
}
