using System.Data.Common;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Backups;

namespace ChatMonolith.Auth;

/// <summary>
/// After a restore every login is made anew: a refresh token that was used since the backup would be good a second time. Codes and links
/// by mail are void, and an authenticator's next code has to be a newer one than any that may have been used.
/// </summary>
internal sealed class RestoredAccounts : IRestoredData
{
    private const int TotpStepMilliseconds = 30_000;

    /// <summary>As <c>SessionKind.Login</c> is stored.</summary>
    private const int Login = 0;

    public async Task Settle(DbConnection connection, long now, CancellationToken ct)
    {
        await connection.Run("DELETE FROM auth_refresh_tokens", ct);
        await connection.Run("UPDATE auth_sessions SET ended_at = @now WHERE ended_at IS NULL AND kind = @login", ct, ("@now", now), ("@login", Login));
        await connection.Run("DELETE FROM auth_codes", ct);
        await connection.Run("DELETE FROM auth_resets", ct);
        await connection.Run("DELETE FROM auth_asked", ct);
        await connection.Run("DELETE FROM auth_exports", ct);

        // The step after this one may have been used as well: a clock that is a little ahead is allowed.
        await connection.Run("UPDATE auth_totp SET last_step = @step WHERE last_step < @step", ct, ("@step", (now / TotpStepMilliseconds) + 1));
    }
}
