using System.Collections.Concurrent;

namespace ChatMonolith.BuildingBlocks.Http;

/// <summary>Counts events by key in fixed windows, in bounded memory, on the monotonic clock.</summary>
public sealed class Tally(TimeSpan window, TimeProvider time)
{
    private const int MostKeys = 100_000;
    private readonly ConcurrentDictionary<string, Window> windows = new(StringComparer.Ordinal);

    /// <summary>Counts one, unless <paramref name="allowed"/> are used up: then how long until there are more.</summary>
    public TimeSpan? Take(string key, int allowed)
    {
        if (windows.Count >= MostKeys)
        {
            MakeRoom();
        }

        var entry = windows.GetOrAdd(key, static (_, time) => new Window { Since = time.GetTimestamp() }, time);
        lock (entry)
        {
            var passed = time.GetElapsedTime(entry.Since);
            if (passed >= window)
            {
                entry.Since = time.GetTimestamp();
                entry.Count = 0;
                passed = TimeSpan.Zero;
            }

            if (entry.Count >= allowed)
            {
                return window - passed;
            }

            entry.Count++;
            return null;
        }
    }

    private void MakeRoom()
    {
        foreach (var (key, entry) in windows)
        {
            if (time.GetElapsedTime(entry.Since) >= window)
            {
                windows.TryRemove(key, out _);
            }
        }

        // Somebody has very many keys: memory stays bounded, the oldest half begins anew.
        if (windows.Count >= MostKeys)
        {
            foreach (var (key, _) in windows.OrderBy(w => w.Value.Since).Take(MostKeys / 2))
            {
                windows.TryRemove(key, out _);
            }
        }
    }

    private sealed class Window
    {
        public long Since { get; set; }

        public int Count { get; set; }
    }
}
