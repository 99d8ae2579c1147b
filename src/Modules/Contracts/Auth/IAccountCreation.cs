using ChatMonolith.Contracts.Messaging;

namespace ChatMonolith.Contracts.Auth;

/// <summary>
/// Takes part in the transaction that makes an account, so that the account and what belongs to it from its first moment (the room
/// <c>general</c>) exist together or not at all.
/// </summary>
public interface IAccountCreation
{
    /// <param name="transaction">The log transaction that inserts the account.</param>
    /// <param name="user">The new account.</param>
    /// <param name="ct">Cancels before the commit.</param>
    Task Created(ILogTransaction transaction, UserView user, CancellationToken ct);
}
