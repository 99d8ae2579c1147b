using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.Passwords;

/// <summary>
/// Counts wrong passwords by pair of account and address, and by address alone. A pair that failed too often waits, twice as long each
/// time; the account itself is never locked, so that no stranger can lock a person out. Kept in memory: a restart forgets it.
/// </summary>
internal sealed class LoginThrottle(IOptions<AuthOptions> options, IOptions<RateLimitOptions> limits, TimeProvider time)
{
    private const int MostEntries = 200_000;
    private readonly ConcurrentDictionary<string, Entry> entries = new(StringComparer.Ordinal);
    private readonly long origin = time.GetTimestamp();

    // Monotonic: a clock that is set back must not lengthen a wait.
    private TimeSpan Now => time.GetElapsedTime(origin);

    /// <summary>How long this pair or address still has to wait; null when it may try.</summary>
    public TimeSpan? Wait(string account, string address)
    {
        if (!limits.Value.Enabled)
        {
            return null;
        }

        var now = Now;
        var wait = TimeSpan.Zero;
        foreach (var key in (string[])[Pair(account, address), Alone(address)])
        {
            if (entries.TryGetValue(key, out var entry))
            {
                lock (entry)
                {
                    wait = entry.LockedUntil - now > wait ? entry.LockedUntil - now : wait;
                }
            }
        }

        return wait > TimeSpan.Zero ? wait : null;
    }

    public void Failed(string account, string address)
    {
        if (limits.Value.Enabled)
        {
            Count(Pair(account, address), options.Value.FailuresPerAccountAndAddress);
            Count(Alone(address), options.Value.FailuresPerAddress);
        }
    }

    /// <summary>Forgets the pair's failures. The address keeps its own: someone with one good account must not clear them for others.</summary>
    public void Succeeded(string account, string address) => entries.TryRemove(Pair(account, address), out _);

    private static string Pair(string account, string address) => account + "\n" + address;

    private static string Alone(string address) => "\n" + address;

    private void Count(string key, int allowed)
    {
        var now = Now;
        var window = TimeSpan.FromMinutes(options.Value.FailureWindowMinutes);
        if (entries.Count >= MostEntries)
        {
            MakeRoom(now, window);
        }

        var entry = entries.GetOrAdd(key, static _ => new Entry());
        lock (entry)
        {
            entry.Failures = now - entry.LastFailure > window ? 1 : entry.Failures + 1;
            entry.LastFailure = now;
            if (entry.Failures >= allowed)
            {
                var seconds = options.Value.FirstLockSeconds * Math.Pow(2, Math.Min(entry.Failures - allowed, 20));
                entry.LockedUntil = now + TimeSpan.FromSeconds(Math.Min(seconds, window.TotalSeconds));
            }
        }
    }

    private void MakeRoom(TimeSpan now, TimeSpan window)
    {
        foreach (var (key, entry) in entries)
        {
            if (now - entry.LastFailure > window)
            {
                entries.TryRemove(key, out _);
            }
        }

        // Still full of fresh ones: somebody has very many addresses. The oldest half goes; memory stays bounded.
        if (entries.Count >= MostEntries)
        {
            foreach (var (key, _) in entries.OrderBy(e => e.Value.LastFailure).Take(MostEntries / 2))
            {
                entries.TryRemove(key, out _);
            }
        }
    }

    private sealed class Entry
    {
        public int Failures { get; set; }

        public TimeSpan LastFailure { get; set; } = TimeSpan.MinValue / 2;

        public TimeSpan LockedUntil { get; set; }
    }
}
