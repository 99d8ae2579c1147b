using ChatMonolith.Auth.Nodes;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Time;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.Sessions;

/// <summary>
/// Ends sessions in the one right order: in the database, then in memory, then on open sockets and in what else goes on for them. When it returns, nothing of these
/// sessions is accepted any more. It is not cancelled half-way by a caller who hangs up.
/// </summary>
internal sealed class SessionEnding(AuthDb db, SessionNews news, TimeProvider time, ILogger<SessionEnding> logger)
{
    /// <param name="accountId">Whose, where it is one person's.</param>
    /// <param name="sessionIds">Which.</param>
    /// <param name="reason">For the log.</param>
    /// <param name="within">What belongs into the same transaction.</param>
    public async Task End(Guid? accountId, IReadOnlyCollection<Guid> sessionIds, string reason, Func<CancellationToken, Task>? within = null)
    {
        if (sessionIds.Count == 0 && within is null)
        {
            return;
        }

        try
        {
            await using var transaction = await db.Database.BeginTransactionAsync(CancellationToken.None);
            await Mark(sessionIds);
            await (within?.Invoke(CancellationToken.None) ?? Task.CompletedTask);
            await transaction.CommitAsync(CancellationToken.None);
        }
        finally
        {
            // Also when the commit's outcome is not known: a right that was to end, ends.
            await Announce(accountId, sessionIds, reason);
        }
    }

    /// <summary>The part within a transaction of the caller's, who calls <see cref="Announce"/> after its commit.</summary>
    public Task Mark(IReadOnlyCollection<Guid> sessionIds)
    {
        var now = time.Now();
        return db.Sessions.Where(s => sessionIds.Contains(s.Id) && s.EndedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(s => s.EndedAt, now), CancellationToken.None);
    }

    public async Task Announce(Guid? accountId, IReadOnlyCollection<Guid> sessionIds, string reason)
    {
        if (sessionIds.Count > 0)
        {
            await news.End(sessionIds);
            logger.SessionsEnded(sessionIds.Count, accountId, reason);
        }
    }
}
