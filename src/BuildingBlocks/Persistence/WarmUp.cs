using Microsoft.Extensions.Hosting;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>Builds the modules' models as soon as the server is ready, so that neither the start nor the first caller waits for them.</summary>
internal sealed class WarmUp(IEnumerable<IModuleDatabase> databases, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var onStart = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        foreach (var module in databases)
        {
            stoppingToken.ThrowIfCancellationRequested();
            await using var context = module.Create();
            _ = context.Model;
        }
    }
}
