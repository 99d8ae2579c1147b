using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.Keys;

/// <summary>How often a person has asked for a key by email address, so that nobody walks through a list of addresses to learn who is here.</summary>
internal sealed class KeyLookups(IOptions<RateLimitOptions> limits, TimeProvider time)
{
    private const int PerWindow = 30;
    private const int MostEntries = 100_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);
    private readonly ConcurrentDictionary<Guid, Asked> people = new();

    /// <summary>Counts one question. How long this person has to wait; null when they may ask.</summary>
    public TimeSpan? Wait(Guid userId)
    {
        if (!limits.Value.Enabled)
        {
            return null;
        }

        if (people.Count >= MostEntries)
        {
            people.Clear();
        }

        var asked = people.GetOrAdd(userId, _ => new Asked(time.GetTimestamp()));
        lock (asked)
        {
            var past = time.GetElapsedTime(asked.Since);
            if (past >= Window)
            {
                (asked.Since, asked.Count, past) = (time.GetTimestamp(), 0, TimeSpan.Zero);
            }

            return ++asked.Count > PerWindow ? Window - past : null;
        }
    }

    private sealed class Asked(long since)
    {
        public long Since { get; set; } = since;

        public int Count { get; set; }
    }
}
