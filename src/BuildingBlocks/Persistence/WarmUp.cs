using ChatMonolith.BuildingBlocks.Modules;
using Microsoft.Extensions.Hosting;

namespace ChatMonolith.BuildingBlocks.Persistence;

/// <summary>Builds the modules' models as soon as the server is ready, so that neither the start nor the first caller waits for them.</summary>
internal sealed class WarmUp(IEnumerable<IModuleDatabase> databases, IHostApplicationLifetime lifetime) : AfterStart(lifetime)
{
    protected override async Task Begin(CancellationToken stoppingToken)
    {
        foreach (var module in databases)
        {
            stoppingToken.ThrowIfCancellationRequested();
            await using var context = module.Create();
            _ = context.Model;
        }
    }
}
