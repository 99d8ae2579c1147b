using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Listing;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Administration;

/// <summary>That a message is there, and never what it says: an admin reads what they read as a member of its room, and nothing else.</summary>
/// <param name="Id">The message.</param>
/// <param name="RoomId">Its room.</param>
/// <param name="Seq">Its number there.</param>
/// <param name="SenderId">Who wrote it.</param>
/// <param name="Type">Its kind.</param>
/// <param name="ThreadId">Where it is a reply.</param>
/// <param name="Length">Of its text, in UTF-16 code units.</param>
/// <param name="IsEdited">Its text is another than at first.</param>
/// <param name="IsDeleted">A tombstone.</param>
/// <param name="Pinned">Whether its room has pinned it.</param>
/// <param name="CreatedAt">When it was sent.</param>
internal sealed record AdminMessageView(Guid Id, Guid RoomId, long Seq, Guid SenderId, MessageType Type, Guid? ThreadId, int Length, bool IsEdited, bool IsDeleted, bool Pinned, Instant CreatedAt);

internal static class AdministerMessages
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/admin/messages", ([AsParameters] Filters filters, [AsParameters] ListParameters list, HttpRequest request, IMediator mediator, CancellationToken ct) =>
                list.Answer(request, page => mediator.Send(new Query(filters, page), ct)))
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("All messages, without their texts")
            .WithDescription("Filters: `roomId`, `senderId`, `type`, `deleted`, `before`, `after`. `sort` is `-createdAt` (default) or `createdAt`. One request looks at a bounded number of messages: a page may hold fewer than `limit`, or none, and still have a `nextCursor`.")
            .Produces<Page<AdminMessageView>>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        api.MapGet("/admin/messages/{id:id}", async (Guid id, IMediator mediator, CancellationToken ct) => (await mediator.Send(new One(id), ct)).ToOk())
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("A message, without its text").Produces<AdminMessageView>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
    }

    internal sealed record Filters
    {
        [FromQuery]
        public Guid? RoomId { get; init; }

        [FromQuery]
        public Guid? SenderId { get; init; }

        /// <summary><c>text</c>, <c>file</c> or <c>system</c>.</summary>
        [FromQuery]
        public string? Type { get; init; }

        [FromQuery]
        public bool? Deleted { get; init; }

        [FromQuery]
        public DateTimeOffset? Before { get; init; }

        [FromQuery]
        public DateTimeOffset? After { get; init; }
    }

    public sealed record Query(Filters Filters, ListParameters List) : IRequest<Result<Page<AdminMessageView>>>;

    public sealed record One(Guid Id) : IRequest<Result<AdminMessageView>>;

    internal sealed class Handler(MessagingDb db) : IRequestHandler<Query, Result<Page<AdminMessageView>>>, IRequestHandler<One, Result<AdminMessageView>>
    {
        /// <summary>Messages that one request looks at: some 20 ms.</summary>
        private const int Window = 10_000;

        public async Task<Result<Page<AdminMessageView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var (filters, list) = request;
            var descending = list.Sort is null or "-createdAt";
            if (!descending && list.Sort != "createdAt")
            {
                return Error.Validation("sort", "Sort by createdAt, or -createdAt for the newest first.");
            }

            if (list.Cursor is not null && !Guid.TryParseExact(list.Cursor, "N", out _))
            {
                return Error.Validation("cursor", "This cursor was not given out by this list.");
            }

            MessageType? type = null;
            if (filters.Type is { } name)
            {
                if (!Enum.TryParse<MessageType>(name, ignoreCase: true, out var known) || !name.All(char.IsAsciiLetterLower))
                {
                    return Error.Validation("type", "`type` is `text`, `file` or `system`.");
                }

                type = known;
            }

            return await Walk(filters, type, list, descending, cancellationToken);
        }

        public async Task<Result<AdminMessageView>> Handle(One request, CancellationToken cancellationToken) =>
            await Shown(db.Messages.AsNoTracking().Where(m => m.Id == request.Id)).SingleOrDefaultAsync(cancellationToken) is { } message ? message : Error.NotFound;

        private static IQueryable<AdminMessageView> Shown(IQueryable<MessageRow> rows) => rows.Select(m => new AdminMessageView(
            m.Id, m.RoomId, m.Seq, m.SenderId, m.Type, m.ThreadId, m.Text == null ? 0 : m.Text.Length, m.EditedAt != null, m.DeletedAt != null, m.PinnedAt != null, new Instant(m.CreatedAt)));

        private async Task<Page<AdminMessageView>> Walk(Filters filters, MessageType? type, ListParameters list, bool descending, CancellationToken ct)
        {
            var rows = Bounded(db.Messages.AsNoTracking(), filters);
            if (list.Cursor is not null)
            {
                var after = Guid.ParseExact(list.Cursor, "N");
                rows = descending ? rows.Where(m => m.Id.CompareTo(after) < 0) : rows.Where(m => m.Id.CompareTo(after) > 0);
            }

            rows = descending ? rows.OrderByDescending(m => m.Id) : rows.OrderBy(m => m.Id);

            // Where this request's walk ends: ids alone, read off the index.
            var isFiltered = filters.RoomId is not null || filters.SenderId is not null || type is not null || filters.Deleted is not null;
            Guid? end = isFiltered ? await rows.Skip(Window).Select(m => (Guid?)m.Id).FirstOrDefaultAsync(ct) : null;
            var within = rows;
            if (end is { } last)
            {
                within = descending ? within.Where(m => m.Id.CompareTo(last) >= 0) : within.Where(m => m.Id.CompareTo(last) <= 0);
            }

            within = filters.RoomId is { } roomId ? within.Where(m => m.RoomId == roomId) : within;
            within = filters.SenderId is { } senderId ? within.Where(m => m.SenderId == senderId) : within;
            within = type is { } wanted ? within.Where(m => m.Type == wanted) : within;
            within = filters.Deleted is { } deleted ? within.Where(m => (m.DeletedAt != null) == deleted) : within;
            var found = await Shown(within.Take(list.PageSize + 1)).ToListAsync(ct);
            var items = found.Take(list.PageSize).ToList();
            var next = found.Count > list.PageSize ? items[^1].Id : end;
            return new Page<AdminMessageView>(items, next?.ToString("N"));
        }

        /// <summary>Ids begin with their time.</summary>
        private static IQueryable<MessageRow> Bounded(IQueryable<MessageRow> rows, Filters filters)
        {
            if (filters.Before is { } before)
            {
                var bound = First(before);
                rows = rows.Where(m => m.Id.CompareTo(bound) < 0);
            }

            if (filters.After is { } after)
            {
                var bound = First(after);
                rows = rows.Where(m => m.Id.CompareTo(bound) >= 0);
            }

            return rows;
        }

        private static Guid First(DateTimeOffset at)
        {
            Span<byte> bytes = stackalloc byte[16];
            Guid.CreateVersion7(at < DateTimeOffset.UnixEpoch ? DateTimeOffset.UnixEpoch : at).TryWriteBytes(bytes, bigEndian: true, out _);
            bytes[6..].Clear();
            return new Guid(bytes, bigEndian: true);
        }
    }
}
