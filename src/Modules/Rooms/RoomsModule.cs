using ChatMonolith.BuildingBlocks.Modules;
using ChatMonolith.BuildingBlocks.Realtime;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Rooms;

public sealed class RoomsModule : IModule
{
    public string TablePrefix => "rooms_";

    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
    }

    public void MapEndpoints(IEndpointRouteBuilder api)
    {
    }

    public void MapCommands(SocketCommands commands)
    {
    }
}
