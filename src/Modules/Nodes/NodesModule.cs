using ChatMonolith.BuildingBlocks.Modules;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Nodes.Data;
using ChatMonolith.Nodes.Leases;
using ChatMonolith.Nodes.Letters;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Nodes;

/// <summary>Several servers on one database: who lives, and what they tell each other. Without <c>Nodes:Enabled</c> there is nothing of it but its tables.</summary>
public sealed class NodesModule : IModule
{
    public string TablePrefix => NodesDb.Prefix;

    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddModuleDatabase<NodesDb>(NodesDb.Prefix);
        services.AddSingleton<NodeDraining>().AddSingleton<INodeListener>(provider => provider.GetRequiredService<NodeDraining>());
        if (!NodesOptions.AreEnabled(configuration))
        {
            return;
        }

        services.AddSingleton<NodeIdentity>().AddSingleton<NodePosts>().AddSingleton<NodeLease>().AddSingleton<NodeBus>();
        services.AddSingleton<INodes>(provider => provider.GetRequiredService<NodeLease>());
        services.AddSingleton<INodeBus>(provider => provider.GetRequiredService<NodeBus>());

        // The lease first: before it nothing of this node counts. It is the last to go.
        services.AddHostedService(provider => provider.GetRequiredService<NodeLease>());
        services.AddHostedService(provider => provider.GetRequiredService<NodeBus>());
    }

    public void MapEndpoints(IEndpointRouteBuilder api)
    {
        ListNodes.Map(api);
        DrainNode.Map(api);
    }
}
