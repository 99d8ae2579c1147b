using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Data;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Reading;

internal static class GetReceipts
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/rooms/{id:id}/receipts", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(id, caller), ct)).ToOk())
            .WithTags("Rooms").WithSummary("How far each member has read")
            .WithDescription("Answered whole. Members who have read nothing yet are left out.")
            .Produces<Items<Receipt>>().ProducesProblem(403).ProducesProblem(404);

    internal sealed record Receipt(Guid UserId, long Seq, Instant At);

    internal sealed record Query(Guid RoomId, Caller Caller) : IRequest<Result<Items<Receipt>>>;

    internal sealed class Handler(MessagingDb db, MessageAccess messages, IRoomAccess access, ReadPositions positions) : IRequestHandler<Query, Result<Items<Receipt>>>
    {
        public Task<Result<Items<Receipt>>> Handle(Query query, CancellationToken cancellationToken) =>
            messages.InRoom<Items<Receipt>>(query.RoomId, query.Caller.UserId, async () => await Read(query.RoomId, cancellationToken), cancellationToken);

        private async Task<Items<Receipt>> Read(Guid roomId, CancellationToken ct)
        {
            var waiting = positions.OfRoom(roomId);
            var all = await db.Reads.AsNoTracking().Where(r => r.RoomId == roomId).ToDictionaryAsync(r => r.UserId, r => new ReadPosition(r.Seq, r.At), ct);
            foreach (var (userId, position) in waiting)
            {
                if (position.Seq > all.GetValueOrDefault(userId).Seq)
                {
                    all[userId] = position;
                }
            }

            var members = await access.MembersOf(roomId, ct);
            return new Items<Receipt>([.. members.Where(m => all.GetValueOrDefault(m).Seq > 0).Order().Select(m => new Receipt(m, all[m].Seq, all[m].At))]);
        }
    }
}
