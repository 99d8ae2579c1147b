namespace ChatMonolith.Contracts.Auth;

/// <summary>
/// Whether a session has ended, from memory. Asked once more by the log's writer, so that nothing of an ended session is committed
/// after the call that ended it has returned.
/// </summary>
public interface ISessionState
{
    bool HasEnded(Guid sessionId);

    /// <summary>The subset of <paramref name="sessionIds"/> that have not ended, as the database knows.</summary>
    Task<IReadOnlySet<Guid>> Living(IReadOnlyCollection<Guid> sessionIds, CancellationToken ct);
}
