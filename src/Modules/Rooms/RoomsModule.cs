using ChatMonolith.BuildingBlocks.Modules;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.BuildingBlocks.Settings;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Access;
using ChatMonolith.Rooms.Administration;
using ChatMonolith.Rooms.Invites;
using ChatMonolith.Rooms.Jobs;
using ChatMonolith.Rooms.Members;
using ChatMonolith.Rooms.Presence;
using ChatMonolith.Rooms.Storage;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using Quartz;

namespace ChatMonolith.Rooms;

/// <summary>Rooms, who is in them and what they may do there, invitations, and presence.</summary>
public sealed class RoomsModule : IModule
{
    public string TablePrefix => RoomsDb.Prefix;

    public void AddServices(IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<RoomsOptions>().Bind(configuration.GetSection(RoomsOptions.Section)).ValidateDataAnnotations().ValidateOnStart();
        services.AddModuleDatabase<RoomsDb>(RoomsDb.Prefix);
        services.AddSingleton(provider => new MembershipCache(
            roomId => RoomAccess.Read(provider.GetRequiredService<IServiceScopeFactory>(), roomId),
            provider.GetRequiredService<IOptions<RoomsOptions>>().Value.MaxCachedMemberships));
        services.AddHostedService<MembershipSweep>();
        services.AddSingleton<IRoomAccess, RoomAccess>();
        services.AddSingleton<IDirectRooms, DirectRooms>();
        services.AddSingleton<IRooms, RoomReader>().AddSingleton<IRoomPreferences, RoomPreferences>().AddSingleton<IRoomRetention, Retentions>();
        services.AddSingleton<MembershipLog>().AddSingleton<RoomLimits>().AddSingleton<IAccountCreation, GeneralRoom>();
        services.AddSingleton<IRoomEntry, RoomEntry>().AddSingleton<IAccountDeletion, LeavingRooms>().AddScoped<IPersonalData, RoomsData>();
        services.AddScoped<IBulkAction, BulkDeleteRooms>().AddScoped<IStatistics, RoomStatistics>().AddLiveOptions<RoomsOptions>();
        services.AddSingleton(new RuntimeSetting("Rooms:DefaultRetentionDays", SettingType.Number, "0", "Days after which messages are removed in rooms that set none of their own; 0 keeps them for ever.") { Min = 0, Max = RoomText.MaxRetentionDays });
        services.AddScoped<MyRooms>();
        services.AddSingleton<PresenceBoard>();
        services.AddSingleton<IConnectionObserver>(provider => provider.GetRequiredService<PresenceBoard>());
        services.AddHostedService<PresenceLoop>();
        services.AddSingleton<PresenceNews>().AddSingleton<INodeListener>(provider => provider.GetRequiredService<PresenceNews>()).AddHostedService(provider => provider.GetRequiredService<PresenceNews>());
    }

    public void MapEndpoints(IEndpointRouteBuilder api)
    {
        CreateRoom.Map(api);
        ListRooms.Map(api);
        BrowseDirectory.Map(api);
        GetRoom.Map(api);
        SetRoomAvatar.Map(api);
        GetRoomAvatar.Map(api);
        UpdateRoom.Map(api);
        DeleteRoom.Map(api);
        JoinRoom.Map(api);
        LeaveRoom.Map(api);
        SetPreferences.Map(api);
        ListMembers.Map(api);
        AddMembers.Map(api);
        ChangeRole.Map(api);
        RemoveMember.Map(api);
        CreateInvite.Map(api);
        ListInvites.Map(api);
        RevokeInvite.Map(api);
        PreviewInvite.Map(api);
        AcceptInvite.Map(api);
        GetPresence.Map(api);
        AdministerRooms.Map(api);
        ChangeRoom.Map(api);
        AdministerInvites.Map(api);
    }

    public void MapCommands(SocketCommands commands)
    {
        SetPresence.MapCommand(commands);
        WatchPresence.MapCommand(commands);
    }

    public void AddJobs(IQuartzBuilder jobs)
    {
        jobs.Every<PurgeInvites>("rooms.purge-invites", "Removes invitations a week after they ended.", TimeSpan.FromHours(1));
        jobs.Every<PurgeRooms>("rooms.purge-rooms", "Removes what remains of deleted rooms.", TimeSpan.FromMinutes(10));
    }
}
