using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Codes;

/// <summary>
/// Codes of six digits that are sent by mail: ten minutes, five tries, one use, the newest only. Both ways run in an open transaction of
/// the caller's, who commits it whatever came of a try.
/// </summary>
internal sealed class OneTimeCodes(AuthDb db, ServerKeys keys, TimeProvider time)
{
    private readonly byte[] key = keys.Derive("auth/codes");

    /// <summary>Makes the one code of an account for a purpose; an earlier one is void.</summary>
    /// <param name="within">The context with the transaction.</param>
    /// <param name="accountId">Whose.</param>
    /// <param name="purpose">For what.</param>
    /// <param name="address">Where it is sent.</param>
    /// <param name="ct">Cancels before the commit.</param>
    /// <returns>The code and its end in UTC milliseconds.</returns>
    public async Task<(string Code, long ExpiresAt)> Issue(AuthDb within, Guid accountId, CodePurpose purpose, string address, CancellationToken ct)
    {
        var code = RandomNumberGenerator.GetInt32(1_000_000).ToString("D6", CultureInfo.InvariantCulture);
        var row = new CodeRow
        {
            AccountId = accountId,
            Purpose = purpose,
            Hash = Mac(accountId, purpose, code),
            Address = address,
            ExpiresAt = time.Now() + (long)CodeRow.Lifetime.TotalMilliseconds,
        };
        await within.Codes.Where(c => c.AccountId == accountId && c.Purpose == purpose).ExecuteDeleteAsync(ct);
        within.Codes.Add(row);
        await within.SaveChangesAsync(ct);
        within.Entry(row).State = EntityState.Detached;
        return (code, row.ExpiresAt);
    }

    /// <summary>Takes one of the five tries, and the code itself when it is right. Of a hundred at once with the right one, one gets it.</summary>
    /// <returns>The address that it was sent to; null for a wrong, old, used or spent one.</returns>
    public async Task<string?> Spend(Guid accountId, CodePurpose purpose, string code, CancellationToken ct)
    {
        var now = time.Now();
        var hash = Mac(accountId, purpose, code);
        if (await db.Codes.Where(c => c.AccountId == accountId && c.Purpose == purpose && c.ExpiresAt > now && c.Attempts < CodeRow.MostAttempts)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.Attempts, c => c.Attempts + 1), ct) == 0)
        {
            return null;
        }

        var row = await db.Codes.AsNoTracking().SingleAsync(c => c.AccountId == accountId && c.Purpose == purpose, ct);
        return Secrets.AreEqual(row.Hash, hash) && await db.Codes.Where(c => c.AccountId == accountId && c.Purpose == purpose && c.Hash == hash).ExecuteDeleteAsync(ct) == 1
            ? row.Address
            : null;
    }

    public static bool IsWellFormed(string? code) => code is { Length: 6 } && code.All(char.IsAsciiDigit);

    private byte[] Mac(Guid accountId, CodePurpose purpose, string code) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{purpose}\n{accountId:N}\n{code}"));
}
