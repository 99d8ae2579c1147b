using ChatMonolith.BuildingBlocks.Modules;
using ChatMonolith.BuildingBlocks.Realtime;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Messaging;

public sealed class MessagingModule : IModule
{
    public string TablePrefix => "msg_";

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
