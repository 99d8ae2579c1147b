using Microsoft.Extensions.Hosting;

namespace ChatMonolith.Rooms.Access;

/// <summary>Lets rooms leave the cache that nobody used for ten to twenty minutes. Per process, hence no job of the scheduler.</summary>
internal sealed class MembershipSweep(MembershipCache cache, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(10);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            cache.EvictUnused();
        }
    }
}
