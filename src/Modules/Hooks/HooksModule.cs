using ChatMonolith.BuildingBlocks.Modules;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Hooks;
using ChatMonolith.Hooks.Administration;
using ChatMonolith.Hooks.Commands;
using ChatMonolith.Hooks.Data;
using ChatMonolith.Hooks.Incoming;
using ChatMonolith.Hooks.Sending;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Hooks;

/// <summary>Addresses outside that are told what happens in rooms, URLs that post into them, and commands that programs answer.</summary>
public sealed class HooksModule : IModule
{
    public string TablePrefix => HooksDb.Prefix;

    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddModuleDatabase<HooksDb>(HooksDb.Prefix);
        services.AddOptions<HooksOptions>().Bind(configuration.GetSection(HooksOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<HookSecrets>().AddSingleton<HookClient>().AddSingleton<ISignedPosts, SignedPosts>().AddSingleton<CommandPlaces>();
        services.AddScoped<RoomBots>();
        services.AddSingleton<HookSender>().AddHostedService(provider => provider.GetRequiredService<HookSender>());
    }

    public void MapEndpoints(IEndpointRouteBuilder api)
    {
        CreateHook.Map(api);
        ListHooks.Map(api);
        ChangeHook.Map(api);
        TestHook.Map(api);
        DeleteHook.Map(api);
        CreateIncomingHook.Map(api);
        ListIncomingHooks.Map(api);
        DeleteIncomingHook.Map(api);
        PostByHook.Map(api);
        AdministerHooks.Map(api);
        CreateCommand.Map(api);
        ListCommands.Map(api);
        DeleteCommand.Map(api);
        RunCommand.Map(api);
    }
}
