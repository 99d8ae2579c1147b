using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.SecondFactors;

/// <summary>Ten codes of 80 random bits, each good for one login when everything else is lost; stored as MACs.</summary>
internal sealed class RecoveryCodes(AuthDb db, ServerKeys keys, TimeProvider time)
{
    public const int Count = 10;

    private const int Characters = 16;

    /// <summary>32 of them, five bits each, without those that are read for another.</summary>
    private const string Alphabet = "23456789abcdefghijkmnpqrstuvwxyz";

    private readonly byte[] key = keys.Lasting("auth/recovery");

    /// <summary>Within the caller's transaction; earlier ones are void.</summary>
    public async Task<IReadOnlyList<string>> Renew(Guid accountId, CancellationToken ct)
    {
        await db.RecoveryCodes.Where(c => c.AccountId == accountId).ExecuteDeleteAsync(ct);
        var codes = Enumerable.Range(0, Count).Select(_ => RandomNumberGenerator.GetString(Alphabet, Characters)).ToList();
        db.RecoveryCodes.AddRange(codes.Select(c => new RecoveryCodeRow { Id = Guid.CreateVersion7(), AccountId = accountId, Hash = Mac(accountId, c) }));
        await db.SaveChangesAsync(ct);
        return codes.ConvertAll(c => string.Join('-', c.Chunk(4).Select(part => new string(part))));
    }

    /// <summary>Within the caller's transaction: true for the one who uses it first.</summary>
    public async Task<bool> Spend(Guid accountId, string code, CancellationToken ct)
    {
        if (!TryRead(code, out var plain))
        {
            return false;
        }

        var hash = Mac(accountId, plain);
        var now = time.Now();
        return await db.RecoveryCodes.Where(c => c.AccountId == accountId && c.Hash == hash && c.UsedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(c => c.UsedAt, now), ct) == 1;
    }

    private static bool TryRead(string code, [NotNullWhen(true)] out string? plain)
    {
        plain = code.Replace("-", "", StringComparison.Ordinal).Replace(" ", "", StringComparison.Ordinal).ToLowerInvariant();
        return plain.Length == Characters && plain.All(c => Alphabet.Contains(c, StringComparison.Ordinal));
    }

    private byte[] Mac(Guid accountId, string plain) => HMACSHA256.HashData(key, Encoding.ASCII.GetBytes($"{accountId:N}\n{plain}"));
}
