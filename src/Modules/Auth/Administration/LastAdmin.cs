using ChatMonolith.Auth.Persistence;
using ChatMonolith.Contracts.Auth;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Administration;

internal static class LastAdmin
{
    /// <summary>Asked in the log's transaction, so that of two admins who remove each other one stays.</summary>
    public static Task<bool> HasOtherAdmin(this AuthDb db, Guid accountId, CancellationToken ct) =>
        db.Accounts.AnyAsync(a => a.Role == ServerRole.Admin && a.IsActive && a.Id != accountId, ct);
}
