using ChatMonolith.BuildingBlocks.Realtime;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Messaging;

internal static class MessageSlices
{
    public static void AddServices(IServiceCollection services)
    {
    }

    public static void MapEndpoints(IEndpointRouteBuilder api)
    {
    }

    public static void MapCommands(SocketCommands commands)
    {
    }
}
