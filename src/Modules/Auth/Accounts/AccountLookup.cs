using ChatMonolith.Auth.Persistence;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Accounts;

internal static class AccountLookup
{
    /// <summary>The account with this username or email address, whatever its case; null if nobody has it.</summary>
    public static async Task<Account?> FindByLogin(this AuthDb db, string login, CancellationToken ct)
    {
        if (login.Contains('@', StringComparison.Ordinal))
        {
            var email = Account.EmailKey(login);
            return AccountRules.IsEmail(login) ? await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.NormalizedEmail == email, ct) : null;
        }

        var username = AccountRules.FoldUsername(login);
        return AccountRules.IsUsername(username) ? await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.UserName == username, ct) : null;
    }
}
