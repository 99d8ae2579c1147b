using ChatMonolith.BuildingBlocks.Modules;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Backups;
using ChatMonolith.BuildingBlocks.Telemetry;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using ChatMonolith.Messaging.Jobs;
using ChatMonolith.Messaging.Log;
using ChatMonolith.Messaging.Log.Nodes;
using ChatMonolith.Messaging.Pushing;
using ChatMonolith.Messaging.Sockets;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace ChatMonolith.Messaging;

/// <summary>The room log, messages, reactions, pins, read positions, and the sockets that carry them live.</summary>
public sealed class MessagingModule : IModule
{
    public string TablePrefix => MessagingDb.Prefix;

    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton<SettledReads>().AddModuleDatabase<MessagingDb>(MessagingDb.Prefix, typeof(SettledReads));
        services.AddSingleton<LogHeads>().AddSingleton<LogFollower>().AddSingleton<NodeLog>().AddSingleton<LogWriter>().AddSingleton<RequestMac>().AddSingleton<PostMessage.Handler>().AddSingleton<Epoch>();
        services.AddSingleton<IFileMessages, FileMessages>();
        services.AddSingleton<IRoomLog>(provider => provider.GetRequiredService<LogWriter>());
        services.AddSingleton<ILogCheck, LogCheck>().AddSingleton<IRestoredData, RestoredLogs>();
        services.AddSingleton<IMeasured>(provider => provider.GetRequiredService<LogWriter>());
        services.AddSingleton<ISocketSessions, SocketSessions>();
        services.AddSingleton<ISocketApplication, SocketApplication>();
        services.AddScoped<LogReader>();
        services.AddSingleton<Replays>();
        services.AddHostedService(provider => provider.GetRequiredService<Epoch>());
        services.AddHostedService(provider => provider.GetRequiredService<LogWriter>());
        services.AddHostedService<JournalClock>().AddHostedService<FollowLoop>();
        services.AddSingleton<INodeListener, CommitListener>().AddSingleton<INodeListener, RevocationListener>();
        MessageSlices.AddServices(services);
        PushSlices.AddServices(services, configuration);
    }

    public void MapEndpoints(IEndpointRouteBuilder api)
    {
        PostMessage.Map(api);
        GetEvents.Map(api);
        MessageSlices.MapEndpoints(api);
        PushSlices.MapEndpoints(api);
    }

    public void MapCommands(SocketCommands commands)
    {
        Ping.MapCommand(commands, TimeProvider.System);
        PostMessage.MapCommand(commands);
        Resume.MapCommand(commands);
        MessageSlices.MapCommands(commands);
        SetFocus.MapCommand(commands);
    }

    public void AddJobs(IQuartzBuilder jobs)
    {
        jobs.Every<ExpireMessages>(ExpireMessages.Name, "Removes messages that are older than their room keeps them", TimeSpan.FromHours(1));
        jobs.Every<CleanNotifications>(CleanNotifications.Name, "Forgets notifications after 90 days, and browsers whose session has ended", TimeSpan.FromHours(1));
    }
}
