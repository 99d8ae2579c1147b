using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Security;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.Passwords;

/// <summary>
/// Identity's hasher (PBKDF2-HMAC-SHA-512) behind a bound: a hashing holds a core for a tenth of a second, so only few run at once
/// and the rest wait without a thread. Passwords are hashed exactly as received.
/// </summary>
internal sealed class PasswordHashing : IDisposable
{
    private readonly IPasswordHasher<Account> hasher;
    private readonly SemaphoreSlim places;
    private readonly int mostWaiting;
    private readonly string hashOfNobody;
    private int waiting;

    public PasswordHashing(IPasswordHasher<Account> hasher, IOptions<AuthOptions> options)
    {
        this.hasher = hasher;
        mostWaiting = options.Value.HashingsWaiting;
        places = new SemaphoreSlim(options.Value.HashingsAtOnce is > 0 and var chosen ? chosen : Math.Clamp(Environment.ProcessorCount - 1, 1, 8));
        hashOfNobody = hasher.HashPassword(new Account(), Secrets.NewToken());
    }

    /// <summary>A place among those who hash; <c>rate_limited</c> where too many wait already.</summary>
    public async Task<Result<Place>> Enter(CancellationToken ct)
    {
        if (Interlocked.Increment(ref waiting) > mostWaiting)
        {
            Interlocked.Decrement(ref waiting);
            return Error.RateLimited(TimeSpan.FromSeconds(5));
        }

        try
        {
            await places.WaitAsync(ct);
            return new Place(this);
        }
        finally
        {
            Interlocked.Decrement(ref waiting);
        }
    }

    public void Dispose() => places.Dispose();

    /// <summary>Held while hashing.</summary>
    public sealed class Place(PasswordHashing owner) : IDisposable
    {
        public string Hash(Account account, string password) => owner.hasher.HashPassword(account, password);

        /// <summary>Takes the same time for nobody (or an account without a password), and fails.</summary>
        public PasswordVerificationResult Verify(Account? account, string password)
        {
            var result = owner.hasher.VerifyHashedPassword(account ?? new Account(), account?.PasswordHash ?? owner.hashOfNobody, password);
            return account?.PasswordHash is null ? PasswordVerificationResult.Failed : result;
        }

        public void Dispose() => owner.places.Release();
    }
}
