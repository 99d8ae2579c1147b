using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>One clock for all sockets: pings, and finds the dead.</summary>
internal sealed class Heartbeat(Hub hub, IOptions<RealtimeOptions> options, TimeProvider time) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), time);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken).ConfigureAwait(false))
            {
                hub.Post(floor => floor.Beat(options.Value));
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }
}
