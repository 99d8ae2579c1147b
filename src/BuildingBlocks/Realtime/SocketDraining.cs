using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>
/// A stopping server tells its sockets with <c>goaway</c>, gives them time to move, then answers what they had sent and closes them
/// with 1001. It begins with the stop signal itself: the web server, which is stopped first, waits for open sockets.
/// </summary>
public sealed class SocketDraining(Hub hub, IHostApplicationLifetime lifetime, IOptions<RealtimeOptions> options, TimeProvider time) : IHostedService
{
    private Task drained = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStopping.Register(() => drained = Empty());
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => drained;

    /// <summary>Sends everybody elsewhere; ends when they have gone, or when their time is over.</summary>
    public async Task Empty()
    {
        var within = TimeSpan.FromSeconds(options.Value.DrainSeconds);
        var told = await hub.Ask(floor =>
        {
            var frame = OutFrame.Text(new { type = "goaway", withinMs = (long)within.TotalMilliseconds });
            foreach (var connection in floor.AllConnections)
            {
                connection.Send(frame);
            }

            return floor.ConnectionCount;
        }).ConfigureAwait(false);
        if (told == 0)
        {
            return;
        }

        await UntilEmpty(within).ConfigureAwait(false);
        await hub.Do(floor =>
        {
            foreach (var connection in floor.AllConnections)
            {
                connection.BeginDrain();
            }
        }).ConfigureAwait(false);
        await UntilEmpty(TimeSpan.FromSeconds(3)).ConfigureAwait(false);
    }

    private async Task UntilEmpty(TimeSpan within)
    {
        var since = time.GetTimestamp();
        while (time.GetElapsedTime(since) < within && !await hub.Ask(floor => floor.ConnectionCount == 0).ConfigureAwait(false))
        {
            await Task.Delay(TimeSpan.FromMilliseconds(50), time, CancellationToken.None).ConfigureAwait(false);
        }
    }
}
