using ChatMonolith.BuildingBlocks.Realtime;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace ChatMonolith.BuildingBlocks.Modules;

/// <summary>What the Host knows of a module. The module's implementation of it is its one public type.</summary>
public interface IModule
{
    /// <summary>Every table of the module begins with it, such as <c>rooms_</c>.</summary>
    string TablePrefix { get; }

    /// <summary>Services, options and the module's database. Handlers and validators are found by the Host's scan.</summary>
    void AddServices(IServiceCollection services, IConfiguration configuration);

    /// <summary>The module's routes, below <c>/api/v1</c>.</summary>
    void MapEndpoints(IEndpointRouteBuilder api);

    /// <summary>The module's commands on the socket.</summary>
    void MapCommands(SocketCommands commands)
    {
    }

    /// <summary>The module's scheduled jobs, each with its name and schedule.</summary>
    void AddJobs(IQuartzBuilder jobs)
    {
    }
}
