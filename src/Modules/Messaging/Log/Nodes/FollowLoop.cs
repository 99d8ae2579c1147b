using ChatMonolith.BuildingBlocks.Nodes;
using Microsoft.Extensions.Hosting;

namespace ChatMonolith.Messaging.Log.Nodes;

/// <summary>The slow poll: a letter that got lost on its way is nobody's loss for longer than a second.</summary>
internal sealed class FollowLoop(LogWriter log, INodes nodes) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!nodes.AreSeveral)
        {
            return;
        }

        using var timer = new PeriodicTimer(Every, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                log.FollowSoon();
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }
}
