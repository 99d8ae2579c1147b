using ChatMonolith.BuildingBlocks.Realtime;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Messaging;

internal static class MessageSlices
{
    public static void AddServices(IServiceCollection services) => services.AddSingleton<ChatMonolith.Contracts.Messaging.IRoomSummaries, HeadsOnly>();

    public static void MapEndpoints(IEndpointRouteBuilder api)
    {
    }

    public static void MapCommands(SocketCommands commands)
    {
    }

    /// <summary>Heads alone, until read positions are in.</summary>
    private sealed class HeadsOnly(Log.LogWriter log) : ChatMonolith.Contracts.Messaging.IRoomSummaries
    {
        public async Task<IReadOnlyDictionary<Guid, ChatMonolith.Contracts.Messaging.RoomSummary>> Of(Guid userId, IReadOnlyCollection<Guid> roomIds, CancellationToken ct)
        {
            var found = new Dictionary<Guid, ChatMonolith.Contracts.Messaging.RoomSummary>();
            foreach (var id in roomIds)
            {
                var head = (await log.Head(id, ct)).Committed;
                found[id] = new(head.Seq, Log.Digest.Show(head.Digest), 0, 0, 0, null);
            }

            return found;
        }

        public async Task<long> UserSeq(Guid userId, CancellationToken ct) => (await log.UserHead(userId, ct)).Committed.Seq;
    }
}
