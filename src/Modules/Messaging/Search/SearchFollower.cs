using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Messaging.Search;

/// <summary>
/// Brings the index after the rooms' logs every two seconds. A deleted message's terms leave with that; what the bigrams keep of terms
/// that nobody uses any more leaves within a quarter of an hour.
/// </summary>
internal sealed class SearchFollower(SearchIndex index, TimeProvider time, ILogger<SearchFollower> logger) : BackgroundService
{
    private static readonly TimeSpan Pace = TimeSpan.FromSeconds(2);

    /// <summary>Rooms that are not in use are compared at the start and then now and then: a commit whose outcome was unknown has told nobody.</summary>
    private static readonly TimeSpan CompareEvery = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan TidyEvery = TimeSpan.FromMinutes(15);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Pace, time);
        var compared = 0L;
        var tidied = time.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var everywhere = compared == 0 || time.GetElapsedTime(compared) >= CompareEvery;
                if (await Try(() => index.Follow(everywhere, stoppingToken)) && everywhere)
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
