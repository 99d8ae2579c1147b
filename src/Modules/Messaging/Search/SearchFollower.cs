using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Messaging.Log;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Messaging.Search;

/// <summary>
/// Brings the index after the rooms' logs every two seconds, at a pace that leaves the live path its share: after each batch it rests,
/// long while many messages come in. A search does not wait for that pace. A deleted message's terms leave with the batch that follows
/// its deletion; what the bigrams keep of terms that nobody uses any more leaves within half an hour.
/// </summary>
internal sealed class SearchFollower(SearchIndex index, LogHeads heads, DiskReserve reserve, TimeProvider time, ILogger<SearchFollower> logger) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(2);

    /// <summary>Rooms that are not in use are compared at the start and then now and then: a commit whose outcome was unknown has told nobody.</summary>
    private static readonly TimeSpan CompareEvery = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TidyEvery = TimeSpan.FromMinutes(15);

    /// <summary>Entries a second from which on the server counts as busy.</summary>
    private const int Busy = 200;

    /// <summary>Rests of so many times what the batch before has taken.</summary>
    private const int RestWhenBusy = 20;
    private const int RestWhenCalm = 1;
    private long lastCount;
    private long lastCounted;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var compared = 0L;
        var tidied = time.GetTimestamp();
        try
        {
            while (true)
            {
                _ = IsBusy();
                await Task.Delay(Pace, time, stoppingToken);
                if (reserve.IsSpent)
                {
                    // What is left of a full disk is for logging in and tidying up.
                    continue;
                }

                var everywhere = compared == 0 || time.GetElapsedTime(compared) >= CompareEvery;
                if (await Try(() => index.Follow(everywhere, worked => Rest(worked, stoppingToken), stoppingToken)) && everywhere)
                {
                    compared = time.GetTimestamp();
                }

                if (index.IsUntidy && time.GetElapsedTime(tidied) >= TidyEvery)
                {
                    await Try(() => index.Tidy(stoppingToken));
                    tidied = time.GetTimestamp();
                }
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The rest is followed after the next start.
        }
    }

    private Task Rest(TimeSpan worked, CancellationToken ct) => Task.Delay(worked * (IsBusy() ? RestWhenBusy : RestWhenCalm), time, ct);

    /// <summary>Whether many entries were committed since it was asked last.</summary>
    private bool IsBusy()
    {
        var count = heads.Rooms.Sum(r => r.Value.Committed.Seq);
        var rate = (count - lastCount) / Math.Max(0.1, time.GetElapsedTime(lastCounted).TotalSeconds);
        (lastCount, lastCounted) = (count, time.GetTimestamp());
        return rate > Busy;
    }

    private async Task<bool> Try(Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.Log(DatabaseFailures.Classify(e) is null ? LogLevel.Error : LogLevel.Warning, e, "The search index could not follow; it is tried again");
            return false;
        }
    }
}
