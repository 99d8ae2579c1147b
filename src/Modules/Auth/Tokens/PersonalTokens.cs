using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Security;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Caching.Memory;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Auth.Tokens;

/// <summary>From a personal access token to its session, which decides whether it lives. What it maps to never changes, so it is kept in memory.</summary>
internal sealed class PersonalTokens(IServiceScopeFactory scopes) : IDisposable
{
    /// <summary>Tells a token of ours from an access token, also to whoever searches for leaked ones.</summary>
    private const string Prefix = "cmpat_";

    private const int Length = 49;
    private const int MostCached = 10_000;
    private readonly MemoryCache known = new(new MemoryCacheOptions { SizeLimit = MostCached });

    public static string New() => Prefix + Secrets.NewToken();

    public static bool IsOne(string token) => token.StartsWith(Prefix, StringComparison.Ordinal);

    public async ValueTask<Guid?> SessionOf(string token, CancellationToken ct)
    {
        if (token.Length != Length)
        {
            return null;
        }

        var hash = Secrets.Hash(token);
        var key = Convert.ToBase64String(hash);
        if (known.TryGetValue(key, out Guid sessionId))
        {
            return sessionId;
        }

        await using var scope = scopes.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AuthDb>();
        if (await db.Tokens.AsNoTracking().Where(t => t.Hash == hash).Select(t => (Guid?)t.SessionId).SingleOrDefaultAsync(ct) is not { } found)
        {
            return null;
        }

        known.Set(key, found, new MemoryCacheEntryOptions { Size = 1, SlidingExpiration = TimeSpan.FromHours(1) });
        return found;
    }

    public void Dispose() => known.Dispose();
}
