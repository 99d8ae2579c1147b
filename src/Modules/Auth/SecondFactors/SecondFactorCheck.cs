using ChatMonolith.Auth.Codes;
using ChatMonolith.Auth.Notices;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Mail;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.SecondFactors;

/// <summary>What an account can prove itself with beside its password.</summary>
internal sealed record FactorsOf(bool HasTotp, bool HasPasskey, bool HasRecoveryCodes, bool TakesEmailCode)
{
    /// <summary>Once one is set up, a password alone opens nothing.</summary>
    public bool IsDue => HasTotp || HasPasskey;

    public IReadOnlyList<string> Methods =>
    [
        .. HasTotp ? ["totp"] : Array.Empty<string>(),
        .. HasPasskey ? ["passkey"] : Array.Empty<string>(),
        .. TakesEmailCode ? ["email"] : Array.Empty<string>(),
        .. HasRecoveryCodes ? ["recovery"] : Array.Empty<string>(),
    ];
}

/// <summary>
/// The one door at which second factors are checked. Each look takes one of the account's tries, which are counted in the database: from
/// wherever, for whatever session, on whichever node. Only who knows the password comes so far, so no stranger can use the tries up.
/// </summary>
internal sealed class SecondFactorCheck(
    AuthDb db,
    TotpSecrets secrets,
    RecoveryCodes recovery,
    OneTimeCodes codes,
    AccountNotices notices,
    IMailOutbox outbox,
    IAuditLog audit,
    IOptions<AuthOptions> options,
    IOptions<RateLimitOptions> limits,
    TimeProvider time,
    ILogger<SecondFactorCheck> logger)
{
    public bool TakesEmailCode(Account account) =>
        options.Value.EmailCodes && outbox.Works && account is { Email: not null, EmailConfirmed: true, EmailCodeBlocked: false };

    public async Task<FactorsOf> Of(Account account, CancellationToken ct) => new(
        await db.Totp.AnyAsync(t => t.AccountId == account.Id && t.ConfirmedAt != null, ct),
        await db.Passkeys.AnyAsync(p => p.AccountId == account.Id, ct),
        await db.RecoveryCodes.AnyAsync(c => c.AccountId == account.Id && c.UsedAt == null, ct),
        TakesEmailCode(account));

    public static Error Required(FactorsOf factors) => new(
        ErrorCodes.TwoFactorRequired, "Give a second factor as well.", Extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["methods"] = factors.Methods });

    /// <summary>
    /// Spends <paramref name="code"/>, whichever of the account's factors it is of, within the caller's transaction, which is to be
    /// committed in either case. Null when it is right.
    /// </summary>
    public async Task<Error?> Spend(Account account, string code, ClientInfo client, CancellationToken ct)
    {
        var now = time.Now();
        if (await db.Accounts.Where(a => a.Id == account.Id && a.SecondLockedUntil <= now)
            .ExecuteUpdateAsync(set => set.SetProperty(a => a.SecondFailures, a => a.SecondFailures + 1), ct) == 0)
        {
            var until = await db.Accounts.Where(a => a.Id == account.Id).Select(a => a.SecondLockedUntil).SingleAsync(ct);
            return LockedOut(TimeSpan.FromMilliseconds(Math.Max(1, until - now)));
        }

        if (await Matches(account, code, client, now, ct))
        {
            await db.Accounts.Where(a => a.Id == account.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.SecondFailures, 0), ct);
            return null;
        }

        logger.SecondFactorWrong(account.Id, client.Address);
        audit.Note(new AuditEvent("second-factor.refused", ActorId: null, "user", account.Id, client.Address, Result: AuditResult.Refused));
        var failures = await db.Accounts.Where(a => a.Id == account.Id).Select(a => a.SecondFailures).SingleAsync(ct);
        if (limits.Value.Enabled && failures >= options.Value.SecondFactorFailures)
        {
            var seconds = Math.Min(options.Value.FirstLockSeconds * Math.Pow(2, Math.Min(failures - options.Value.SecondFactorFailures, 20)), options.Value.FailureWindowMinutes * 60);
            var until = now + (long)(seconds * 1000);
            await db.Accounts.Where(a => a.Id == account.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.SecondLockedUntil, until), ct);
        }

        return new Error(ErrorCodes.InvalidCredentials, "This code is not right, or was used.");
    }

    private async Task<bool> Matches(Account account, string code, ClientInfo client, long now, CancellationToken ct)
    {
        if (OneTimeCodes.IsWellFormed(code))
        {
            if (await SpendTotp(account.Id, code, now, ct))
            {
                await Unblock(account, ct);
                return true;
            }

            return TakesEmailCode(account) && await codes.Spend(account.Id, CodePurpose.Login, code, ct) is { } address && address == account.Email;
        }

        if (!await recovery.Spend(account.Id, code, ct))
        {
            return false;
        }

        await Unblock(account, ct);
        await notices.Changed(db, account, "recovery.used", client, ct);
        return true;
    }

    /// <summary>A factor other than the mailbox was shown: codes by mail prove something again.</summary>
    public async Task Unblock(Account account, CancellationToken ct)
    {
        if (account.EmailCodeBlocked)
        {
            await db.Accounts.Where(a => a.Id == account.Id).ExecuteUpdateAsync(set => set.SetProperty(a => a.EmailCodeBlocked, false), ct);
        }
    }

    /// <summary>True for the first who brings the code of a step after the last that was taken.</summary>
    public async Task<bool> SpendTotp(Guid accountId, string code, long now, CancellationToken ct, bool unconfirmed = false)
    {
        if (await db.Totp.AsNoTracking().SingleOrDefaultAsync(t => t.AccountId == accountId, ct) is not { } totp || totp.ConfirmedAt is null != unconfirmed
            || secrets.Open(accountId, totp.Sealed) is not { } secret || Totp.Match(secret, code, now, totp.LastStep) is not { } step)
        {
            return false;
        }

        return await db.Totp.Where(t => t.AccountId == accountId && t.LastStep < step && t.CreatedAt == totp.CreatedAt)
            .ExecuteUpdateAsync(set => set.SetProperty(t => t.LastStep, step).SetProperty(t => t.ConfirmedAt, t => t.ConfirmedAt ?? now), ct) == 1;
    }

    private static Error LockedOut(TimeSpan wait) => new(ErrorCodes.LockedOut, "Too many wrong codes for this account. Wait a while.", RetryAfter: wait);
}
