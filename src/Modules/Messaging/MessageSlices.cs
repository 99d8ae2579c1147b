using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Realtime;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Administration;
using ChatMonolith.Messaging.Changing;
using ChatMonolith.Messaging.Notifying;
using ChatMonolith.Messaging.Reading;
using ChatMonolith.Messaging.Search;
using ChatMonolith.Messaging.Retaining;
using ChatMonolith.Messaging.Typing;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Messaging;

/// <summary>Everything about messages that stand already: reading, changing, read positions, typing.</summary>
internal static class MessageSlices
{
    /// <summary>After the log's writer, so that the last read positions are written before it stops.</summary>
    public static void AddServices(IServiceCollection services)
    {
        services.AddScoped<IPersonalData, MessagesData>();
        services.AddScoped<IBulkAction, BulkDeleteMessages>().AddScoped<IStatistics, MessageStatistics>().AddSingleton<IAnnouncements, Announcements>();
        services.AddScoped<MessageAccess>().AddScoped<MessageChange>();
        services.AddSingleton<ReadPositions>().AddSingleton<TypingPeople>().AddSingleton<Receipts>();
        services.AddSingleton<INodeListener>(provider => provider.GetRequiredService<TypingPeople>()).AddSingleton<INodeListener>(provider => provider.GetRequiredService<Receipts>());
        services.AddSingleton<IRoomSummaries, RoomSummaries>().AddSingleton<IRoomEvents, RoomEventsReader>().AddSingleton<IPosting, Posting>();
        services.AddSingleton<INotifications, NotificationLog>().AddSingleton<MessageNotices>().AddSingleton<RoomExpiry>();
        services.AddHostedService(provider => provider.GetRequiredService<ReadPositions>());
        services.AddHostedService(provider => provider.GetRequiredService<TypingPeople>());
        services.AddSingleton<SearchIndex>().AddSingleton<SearchPlaces>().AddHostedService<SearchFollower>();
    }

    public static void MapEndpoints(IEndpointRouteBuilder api)
    {
        GetHistory.Map(api);
        GetMessage.Map(api);
        GetRevisions.Map(api);
        GetPins.Map(api);
        GetThread.Map(api);
        ListThreads.Map(api);
        GetReceipts.Map(api);
        MarkRead.Map(api);
        EditMessage.Map(api);
        DeleteMessage.Map(api);
        AddReaction.Map(api);
        RemoveReaction.Map(api);
        PinMessage.Map(api);
        ListNotifications.Map(api);
        MarkNotificationsRead.Map(api);
        GetPreferences.Map(api);
        SetPreferences.Map(api);
        SearchMessages.Map(api);
        AdministerMessages.Map(api);
        RemoveMessage.Map(api);
    }

    public static void MapCommands(SocketCommands commands)
    {
        EditMessage.MapCommand(commands);
        DeleteMessage.MapCommand(commands);
        AddReaction.MapCommand(commands);
        RemoveReaction.MapCommand(commands);
        MarkRead.MapCommand(commands);
        SetTyping.MapCommand(commands);
    }
}
