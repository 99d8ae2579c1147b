using ChatMonolith.Contracts.Messaging;

namespace ChatMonolith.Contracts.Auth;

/// <summary>Takes part in the transaction that deletes an account, so that what belongs to a person goes, or is handed over, with them or not at all.</summary>
public interface IAccountDeletion
{
    /// <param name="transaction">The log transaction that deletes the account.</param>
    /// <param name="userId">Whose.</param>
    /// <param name="ct">Cancels before the commit.</param>
    Task Deleted(ILogTransaction transaction, Guid userId, CancellationToken ct);
}
