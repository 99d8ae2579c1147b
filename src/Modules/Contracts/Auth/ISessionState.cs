namespace ChatMonolith.Contracts.Auth;

/// <summary>
/// Whether a session has ended, from memory. Asked once more by the log's writer, so that nothing of an ended session is committed
/// after the call that ended it has returned.
/// </summary>
public interface ISessionState
{
    bool HasEnded(Guid sessionId);

    /// <summary>Whether a living session is a server admin's now; a token's only where its scopes reach the administration. From memory.</summary>
    bool IsAdmin(Guid sessionId);

    /// <summary>The subset of <paramref name="sessionIds"/> that have not ended, as the database knows.</summary>
    Task<IReadOnlySet<Guid>> Living(IReadOnlyCollection<Guid> sessionIds, CancellationToken ct);
}
