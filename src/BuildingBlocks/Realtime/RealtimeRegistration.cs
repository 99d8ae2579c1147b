using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.BuildingBlocks.Realtime;

public static class RealtimeRegistration
{
    public static IServiceCollection AddRealtime(this IServiceCollection services, IConfiguration configuration) =>
        services.AddSingleton<SocketCommands>();

    public static void MapRealtime(this IEndpointRouteBuilder routes)
    {
    }
}
