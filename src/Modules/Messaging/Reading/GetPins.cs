using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Reading;

internal static class GetPins
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/rooms/{id:id}/pins", async (Guid id, int? limit, string? cursor, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(id, limit, cursor, caller), ct)).ToOk())
            .WithTags("Messages").WithSummary("A room's pinned messages, the last pinned first")
            .Produces<Page<MessageView>>().ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);

    internal sealed record Query(Guid RoomId, int? Limit, string? Cursor, Caller Caller) : IRequest<Result<Page<MessageView>>>, IPagedBySeq;

    internal sealed class Validator : AbstractValidator<Query>
    {
        public Validator() => SeqCursor.Check(this);
    }

    internal sealed class Handler(MessagingDb db, IMessageFiles files, MessageAccess messages) : IRequestHandler<Query, Result<Page<MessageView>>>
    {
        public Task<Result<Page<MessageView>>> Handle(Query query, CancellationToken cancellationToken) =>
            messages.InRoom<Page<MessageView>>(
                query.RoomId,
                query.Caller.UserId,
                async () => await Read(db, files, query.RoomId, SeqCursor.Read(query.Cursor), query.Limit ?? Page<object>.DefaultLimit, cancellationToken),
                cancellationToken);

        /// <summary>
        /// Pages by time alone. The log's times within one room can be equal, so those of a page's last millisecond come whole.
        /// </summary>
        internal static async Task<Page<MessageView>> Read(MessagingDb db, IMessageFiles files, Guid roomId, long? before, int limit, CancellationToken ct)
        {
            var pinned = db.Messages.AsNoTracking().Where(m => m.RoomId == roomId && m.PinnedAt != null && m.PinnedAt < (before ?? long.MaxValue));
            var rows = await pinned.OrderByDescending(m => m.PinnedAt).Take(limit + 1).ToListAsync(ct);
            if (rows.Count <= limit)
            {
                return new Page<MessageView>(await MessageViews.Of(db, files, rows, ct), NextCursor: null);
            }

            var last = rows[limit - 1].PinnedAt!.Value;
            var ties = await pinned.Where(m => m.PinnedAt == last).ToListAsync(ct);
            var page = rows.Where(m => m.PinnedAt > last).Concat(ties).ToList();
            return new Page<MessageView>(await MessageViews.Of(db, files, page, ct), SeqCursor.Write(last));
        }
    }
}
