using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ChatMonolith.BuildingBlocks.Nodes;

public static class NodesRegistration
{
    /// <summary>A server alone; a module that knows others registers its own after it.</summary>
    public static IServiceCollection AddNodes(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<NodesOptions>().Bind(configuration.GetSection(NodesOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<IValidateOptions<NodesOptions>, NodesOptionsRules>().AddSingleton<SharedSecret>();
        services.AddSingleton<OneNode>().AddSingleton<NodeLag>();
        services.AddSingleton<INodes>(provider => provider.GetRequiredService<OneNode>());
        services.AddSingleton<INodeBus>(provider => provider.GetRequiredService<OneNode>());

        // Listeners may tell in their turn: the bus asks for them when the first letter comes.
        return services.AddSingleton(provider => new Lazy<IEnumerable<INodeListener>>(provider.GetServices<INodeListener>));
    }
}
