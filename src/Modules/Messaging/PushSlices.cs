using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Messaging.Pushing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Messaging;

/// <summary>Everything about browsers that are told while they are not open.</summary>
internal static class PushSlices
{
    public static void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<PushOptions>().Bind(configuration.GetSection(PushOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<Vapid>().AddSingleton<PushClient>().AddSingleton<PushAudience>().AddSingleton<PushOwing>().AddSingleton<FocusedPeople>();
        services.AddSingleton<IConnectionObserver>(provider => provider.GetRequiredService<FocusedPeople>());
        services.AddSingleton<INodeListener>(provider => provider.GetRequiredService<FocusedPeople>()).AddSingleton<INodeListener>(provider => provider.GetRequiredService<PushAudience>());
        services.AddScoped<PushComposer>();
        services.AddHostedService(provider => provider.GetRequiredService<PushAudience>());
        services.AddHostedService<PushSender>();
    }

    public static void MapEndpoints(IEndpointRouteBuilder api)
    {
        GetPushKey.Map(api);
        Subscribe.Map(api);
        ListSubscriptions.Map(api);
        Unsubscribe.Map(api);
        SendTestPush.Map(api);
    }
}
