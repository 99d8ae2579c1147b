using ChatMonolith.Contracts.Messaging;
using Microsoft.Extensions.Hosting;

namespace ChatMonolith.Messaging.Log;

/// <summary>Passes through the writer once a minute, so that the journal is looked after on a quiet server too.</summary>
internal sealed class JournalClock(IRoomLog log, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMinutes(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                await log.Barrier(stoppingToken);
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }
}
