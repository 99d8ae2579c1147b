namespace ChatMonolith.Contracts.Auth;

/// <summary>Has long work going on for sessions, such as uploads, which ends with them.</summary>
public interface ISessionWork
{
    /// <summary>Stops what goes on for these sessions, which are marked as ended already, and returns when it has stopped.</summary>
    Task End(IReadOnlyCollection<Guid> sessionIds);
}
