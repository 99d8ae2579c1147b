using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.Contracts.Admin;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.Passwords;

/// <summary>The password was right.</summary>
/// <param name="RenewedHash">To be stored in place of the old hash, when the cost was raised since; else null.</param>
internal sealed record PasswordAccepted(string? RenewedHash);

/// <summary>The one door at which passwords are checked: throttled, bounded, and the same for those who do not exist.</summary>
internal sealed class CredentialCheck(PasswordHashing hashing, LoginThrottle throttle, IAuditLog audit, ILogger<CredentialCheck> logger)
{
    /// <param name="account">Null for a login that nobody has; that takes as long and answers the same.</param>
    /// <param name="throttleKey">What the failures are counted under: the account's id, or the login that nobody has.</param>
    /// <param name="password">As received.</param>
    /// <param name="client">Where from.</param>
    /// <param name="ct">Leaves the queue of those who wait to hash.</param>
    /// <returns><c>invalid_credentials</c>, <c>locked_out</c>, or <c>rate_limited</c> where too many wait.</returns>
    public async Task<Result<PasswordAccepted>> Verify(Account? account, string throttleKey, string password, ClientInfo client, CancellationToken ct)
    {
        if (throttle.Wait(throttleKey, client.Network) is { } wait)
        {
            return LockedOut(account, client, wait);
        }

        var entered = await hashing.Enter(ct);
        if (!entered.IsOk)
        {
            return entered.Error;
        }

        using var place = entered.Value;

        // Asked again inside: of a hundred that came at once, those that waited for a place meet the failures of those before them.
        if (throttle.Wait(throttleKey, client.Network) is { } waitNow)
        {
            return LockedOut(account, client, waitNow);
        }

        var result = place.Verify(account, password);
        if (result is PasswordVerificationResult.Failed || account is not { IsActive: true })
        {
            throttle.Failed(throttleKey, client.Network);
            logger.PasswordWrong(account?.Id, client.Address);
            audit.Note(Refused("password.refused", account, client));
            return new Error(ErrorCodes.InvalidCredentials, "The login or the password is not right.");
        }

        throttle.Succeeded(throttleKey, client.Network);
        return new PasswordAccepted(result is PasswordVerificationResult.SuccessRehashNeeded ? place.Hash(account, password) : null);
    }

    /// <summary>Who it was is not known; whose account they wanted is. A login that nobody has is not written down: it may be a password.</summary>
    private static AuditEvent Refused(string action, Account? account, ClientInfo client) =>
        new(action, ActorId: null, account is null ? "" : "user", account?.Id, client.Address, Result: AuditResult.Refused);

    private Error LockedOut(Account? account, ClientInfo client, TimeSpan wait)
    {
        logger.LockedOut(account?.Id, client.Address, wait);
        audit.Note(Refused("password.locked-out", account, client));
        return new Error(ErrorCodes.LockedOut, "Too many wrong passwords from here. Wait, or log in from another network.", RetryAfter: wait);
    }
}
