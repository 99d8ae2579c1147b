using Microsoft.Extensions.Hosting;

namespace ChatMonolith.BuildingBlocks.Modules;

/// <summary>Work of the server's own that begins once it is ready, so that no start waits for it.</summary>
/// <param name="lifetime">Tells when the server is ready.</param>
public abstract class AfterStart(IHostApplicationLifetime lifetime) : BackgroundService
{
    /// <summary>Runs once, after ready; an exception stops the server, as in any background service.</summary>
    protected abstract Task Begin(CancellationToken stoppingToken);

    protected sealed override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStart = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!stoppingToken.IsCancellationRequested)
        {
            await Begin(stoppingToken);
        }
    }
}
