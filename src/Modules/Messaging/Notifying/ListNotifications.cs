using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Messaging.Data;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Notifying;

internal static class ListNotifications
{
    private const int MostUnread = 1_000;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/notifications", async (int? limit, string? cursor, bool? unread, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(caller, limit, cursor, unread ?? false), ct)).ToOk())
            .WithTags("Notifications").WithSummary("What I was notified of, newest first")
            .WithDescription($"text is the beginning of the message as it is now. What was said in a room that I am no longer in is left out. unread=true answers the unread ones; unreadCount stops at {MostUnread}. Kept for 90 days.")
            .Produces<NotificationPage>().ProducesProblem(400);

    public sealed record NotificationPage(IReadOnlyList<NotificationView> Items, string? NextCursor, int UnreadCount);

    public sealed record Query(Caller Caller, int? Limit, string? Cursor, bool Unread) : IRequest<Result<NotificationPage>>;

    internal sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Limit).InclusiveBetween(1, Page<object>.MaxLimit).WithMessage($"limit is 1 to {Page<object>.MaxLimit}.");
            RuleFor(q => q.Cursor).Must(c => c is null || Guid.TryParseExact(c, "N", out _)).WithMessage("This cursor is not one that this list gave out.");
        }
    }

    internal sealed class Handler(MessagingDb db, IMessageFiles files, IRoomAccess access) : IRequestHandler<Query, Result<NotificationPage>>
    {
        public async Task<Result<NotificationPage>> Handle(Query request, CancellationToken cancellationToken)
        {
            var me = request.Caller.UserId;
            var limit = request.Limit ?? Page<object>.DefaultLimit;
            var mine = db.Notifications.AsNoTracking().Where(n => n.UserId == me);
            var asked = request.Unread ? mine.Where(n => n.ReadAt == null) : mine;
            if (request.Cursor is not null)
            {
                var before = Guid.ParseExact(request.Cursor, "N");
                asked = asked.Where(n => n.Id < before);
            }

            var rows = await asked.OrderByDescending(n => n.Id).Take(limit + 1).ToListAsync(cancellationToken);
            var unread = await mine.Where(n => n.ReadAt == null).OrderBy(n => n.Id).Take(MostUnread).CountAsync(cancellationToken);
            var page = rows.Take(limit).ToList();
            var views = await NotificationViews.Load(db, files, page, cancellationToken);

            // Asked after the texts were read, so that none leaves for somebody who was removed meanwhile.
            var mineStill = (await access.RoomsOf(me, cancellationToken)).ToHashSet();
            return new NotificationPage(
                [.. views.Where(v => v.RoomId is not { } room || mineStill.Contains(room))], rows.Count > limit ? page[^1].Id.ToString("N") : null, unread);
        }
    }
}
