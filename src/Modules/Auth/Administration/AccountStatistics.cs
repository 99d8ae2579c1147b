using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Administration;

internal sealed class AccountStatistics(AuthDb db, TimeProvider time) : IStatistics
{
    private const long Day = 24 * 60 * 60 * 1000;

    public async Task<IReadOnlyList<Figure>> Read(CancellationToken ct)
    {
        var since = time.Now() - Day;
        return
        [
            new Figure("users", await db.Accounts.CountAsync(a => a.IsActive && !a.IsBot, ct)),
            new Figure("users.active", await db.Sessions.Where(s => s.LastUsedAt >= since && s.Kind == SessionKind.Login).Select(s => s.AccountId).Distinct().CountAsync(ct)),
        ];
    }
}
