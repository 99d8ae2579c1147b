using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Persistence;

internal static class AccountLock
{
    /// <summary>
    /// Takes the account's row for the rest of the open transaction, so that changes of one account's credentials come one after the
    /// other on both databases, and reads it. Null when it is not active any more.
    /// </summary>
    public static async Task<Account?> TakeAccount(this AuthDb db, Guid accountId, CancellationToken ct) =>
        await db.Accounts.Where(a => a.Id == accountId && a.IsActive).ExecuteUpdateAsync(set => set.SetProperty(a => a.IsActive, true), ct) == 1
            ? await db.Accounts.AsNoTracking().SingleAsync(a => a.Id == accountId, ct)
            : null;
}
