using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Realtime.Transport;
using ChatMonolith.BuildingBlocks.Telemetry;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.BuildingBlocks.Realtime;

public static class RealtimeRegistration
{
    public static IServiceCollection AddRealtime(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RealtimeOptions>().Bind(configuration.GetSection(RealtimeOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<SocketCommands>();

        // The last one registered that can bind an address is the one that does.
        services.AddSingleton<IConnectionListenerFactory, SocketTransport>();
        services.AddSingleton<Hub>().AddSingleton<IMeasured>(provider => provider.GetRequiredService<Hub>());
        services.AddSingleton<Admission>();

        // Observers publish through the hub, so the hub asks for them only when the first socket comes.
        services.AddSingleton(provider => new Lazy<IEnumerable<IConnectionObserver>>(provider.GetServices<IConnectionObserver>));
        services.AddHostedService(provider => provider.GetRequiredService<Hub>());
        services.AddHostedService<Heartbeat>();
        return services.AddSingleton<SocketEndpoint>();
    }

    /// <summary>Begins with the stop signal, before anything is stopped.</summary>
    public static IServiceCollection AddDraining(this IServiceCollection services) => services.AddSingleton<SocketDraining>().AddHostedService(provider => provider.GetRequiredService<SocketDraining>());

    public static void MapRealtime(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/ws", (HttpContext context, SocketEndpoint sockets) => sockets.Serve(context, onlyRoom: null))
            .AllowAnonymous().ExcludeFromDescription();
        routes.MapGet($"/ws/rooms/{{roomId:{IdConstraint.Name}}}", (HttpContext context, Guid roomId, SocketEndpoint sockets) => sockets.Serve(context, roomId))
            .AllowAnonymous().ExcludeFromDescription();
    }
}
