using ChatMonolith.Contracts.Messaging;

namespace ChatMonolith.Contracts.Auth;

/// <summary>Finds people by their names, for other modules.</summary>
public interface IUsernames
{
    /// <summary>The active accounts among <paramref name="usernames"/> (lower case, at most 200), read on the log's own transaction.</summary>
    Task<IReadOnlyDictionary<string, Guid>> Resolve(ILogTransaction transaction, IReadOnlyCollection<string> usernames, CancellationToken ct);

    /// <summary>
    /// Active people whose username or display name begins with <paramref name="prefix"/>, above <paramref name="after"/> in the order of
    /// their usernames.
    /// </summary>
    Task<IReadOnlyList<UserView>> Find(string prefix, string? after, int limit, CancellationToken ct);
}
