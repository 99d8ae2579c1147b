using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Contracts.Messaging;

namespace ChatMonolith.Contracts.Auth;

/// <summary>Accounts for programs that other modules speak for: guests without a password, and without a token unless an admin makes one.</summary>
public interface IBotAccounts
{
    /// <summary>Makes one under a name that is free, in the log transaction of what it is for.</summary>
    Task<UserView> Create(ILogTransaction transaction, string displayName, CancellationToken ct);

    /// <summary>
    /// Deletes one as people delete theirs, active or not, in one commit with what it was for: both go, or neither. What is no bot, or not
    /// there any more, is left alone.
    /// </summary>
    /// <param name="botId">Which.</param>
    /// <param name="origin">The session that asks.</param>
    /// <param name="with">Removes what it was for, in the same log transaction; an error removes nothing.</param>
    /// <param name="ct">Cancels before the commit.</param>
    Task<Result<Nothing>> Remove(Guid botId, CommitOrigin origin, Func<ILogTransaction, CancellationToken, Task<Error?>> with, CancellationToken ct);
}
