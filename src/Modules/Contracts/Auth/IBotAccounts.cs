using ChatMonolith.Contracts.Messaging;

namespace ChatMonolith.Contracts.Auth;

/// <summary>Accounts for programs that other modules speak for: guests without a password, and without a token unless an admin makes one.</summary>
public interface IBotAccounts
{
    /// <summary>Makes one under a name that is free, in the log transaction of what it is for.</summary>
    Task<UserView> Create(ILogTransaction transaction, string displayName, CancellationToken ct);

    /// <summary>Deletes one as people delete theirs; what is no bot, or not there any more, is left alone.</summary>
    Task Remove(Guid botId, CancellationToken ct);
}
