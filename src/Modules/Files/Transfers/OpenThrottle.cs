using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Files.Transfers;

/// <summary>Section <c>RateLimits</c>.</summary>
internal sealed class TransferRateLimits
{
    public const string Section = "RateLimits";

    /// <summary>False turns all throttling off: for tests and load generators only.</summary>
    public bool Enabled { get; set; } = true;
}

/// <summary>Counts wrong secrets and passwords: ten for a transfer from one address, and a hundred from one address, in ten minutes.</summary>
internal sealed class OpenThrottle(IOptions<TransferRateLimits> limits, TimeProvider time)
{
    private const int PerTransfer = 10;
    private const int PerAddress = 100;
    private const int MostEntries = 100_000;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    private readonly ConcurrentDictionary<string, Count> counts = new(StringComparer.Ordinal);
    private readonly long origin = time.GetTimestamp();

    // Monotonic: a clock that is set back must not lengthen a wait.
    private TimeSpan Now => time.GetElapsedTime(origin);

    /// <summary>How long this address still has to wait; null when it may try.</summary>
    public TimeSpan? Wait(Guid transferId, string address) =>
        !limits.Value.Enabled ? null : Left($"{transferId:N}\n{address}", PerTransfer) ?? Left(address, PerAddress);

    public void Failed(Guid transferId, string address)
    {
        if (!limits.Value.Enabled)
        {
            return;
        }

        if (counts.Count > MostEntries)
        {
            foreach (var (key, count) in counts)
            {
                if (count.Until < Now)
                {
                    counts.TryRemove(key, out _);
                }
            }
        }

        Add($"{transferId:N}\n{address}");
        Add(address);
    }

    private void Add(string key) =>
        counts.AddOrUpdate(key, _ => new Count(1, Now + Window), (_, before) => before.Until < Now ? new Count(1, Now + Window) : before with { Failures = before.Failures + 1 });

    private TimeSpan? Left(string key, int allowed) =>
        counts.TryGetValue(key, out var count) && count.Failures >= allowed && count.Until > Now ? count.Until - Now : null;

    private sealed record Count(int Failures, TimeSpan Until);
}
