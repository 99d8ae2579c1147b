using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Listing;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Storage;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Rooms.Administration;

/// <summary>
/// A room as admins see it, whether they are in it or not: that it is there, what it is called, how large it is and who owns it; and
/// nothing of what is said in it.
/// </summary>
/// <param name="Id">The room.</param>
/// <param name="Type">Its kind.</param>
/// <param name="Name">Null for a direct room.</param>
/// <param name="Topic">At most 250 characters.</param>
/// <param name="AvatarUrl">Null without a picture.</param>
/// <param name="CreatedBy">Who made it.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="MemberCount">People in it.</param>
/// <param name="LastSeq">The number of its log's last entry.</param>
/// <param name="SlowModeSeconds">0 without slow mode.</param>
/// <param name="RetentionDays">0 where messages are kept for ever.</param>
/// <param name="IsGeneral">The one that every installation has.</param>
/// <param name="Owners">The first 20; the two people of a direct room.</param>
internal sealed record AdminRoomView(
    Guid Id, RoomType Type, string? Name, string Topic, string? AvatarUrl, Guid CreatedBy, Instant CreatedAt, int MemberCount, long LastSeq, int SlowModeSeconds, int RetentionDays, bool IsGeneral, IReadOnlyList<Guid> Owners)
{
    private const int MostOwners = 20;

    /// <summary>At most a page of them.</summary>
    public static async Task<IReadOnlyList<AdminRoomView>> Of(RoomsDb db, IRoomLog log, IReadOnlyList<Room> rooms, CancellationToken ct)
    {
        var ids = rooms.Select(r => r.Id).ToArray();
        var owners = (await db.Members.AsNoTracking().Where(m => ids.Contains(m.RoomId) && m.Role == RoomRole.Owner).Select(m => new { m.RoomId, m.UserId }).ToListAsync(ct)).ToLookup(m => m.RoomId, m => m.UserId);
        var views = new List<AdminRoomView>(rooms.Count);
        foreach (var r in rooms)
        {
            views.Add(new AdminRoomView(
                r.Id, r.Type, r.Name, r.Topic, r.AvatarUrl, r.CreatedBy, r.CreatedAt, r.MemberCount, await log.LastSeq(r.Id, ct), r.SlowModeSeconds, r.RetentionDays, r.IsGeneral, [.. owners[r.Id].Take(MostOwners)]));
        }

        return views;
    }
}

internal static class AdministerRooms
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/admin/rooms", ([AsParameters] Filters filters, [AsParameters] ListParameters list, HttpRequest request, IMediator mediator, CancellationToken ct) =>
                list.Answer(request, page => mediator.Send(new Query(filters, page), ct)))
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("All rooms, without what is said in them")
            .WithDescription("`query` finds parts of names. Filters: `type`, `userId` (rooms that the person is in). `sort`: `createdAt`, `name`, `memberCount`, with `-` before it the other way round. `format=csv` answers the whole list.")
            .Produces<Page<AdminRoomView>>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        api.MapGet("/admin/rooms/{id:id}", async (Guid id, IMediator mediator, CancellationToken ct) => (await mediator.Send(new One(id), ct)).ToOk())
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("A room").Produces<AdminRoomView>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
    }

    internal sealed record Filters
    {
        /// <summary><c>public</c>, <c>private</c> or <c>direct</c>.</summary>
        [FromQuery]
        public string? Type { get; init; }

        [FromQuery]
        public Guid? UserId { get; init; }
    }

    public sealed record Query(Filters Filters, ListParameters List) : IRequest<Result<Page<AdminRoomView>>>;

    public sealed record One(Guid Id) : IRequest<Result<AdminRoomView>>;

    internal sealed class Handler(RoomsDb db, IRoomLog log) : IRequestHandler<Query, Result<Page<AdminRoomView>>>, IRequestHandler<One, Result<AdminRoomView>>
    {
        private static readonly SortOrders<Room> Orders = new SortOrders<Room>(r => r.Id).By("name", r => r.NameKey ?? "").By("memberCount", r => (long)r.MemberCount);

        public async Task<Result<Page<AdminRoomView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var rows = db.Rooms.AsNoTracking().Where(r => r.DeletedAt == null);
            if (request.Filters.Type is { } name)
            {
                if (!Enum.TryParse<RoomType>(name, ignoreCase: true, out var type) || !name.All(char.IsAsciiLetterLower))
                {
                    return Error.Validation("type", "`type` is `public`, `private` or `direct`.");
                }

                rows = rows.Where(r => r.Type == type);
            }

            if (request.Filters.UserId is { } userId)
            {
                rows = rows.Where(r => db.Members.Any(m => m.UserId == userId && m.RoomId == r.Id));
            }

            if (request.List.Sought is { } sought)
            {
                rows = rows.Where(r => r.NameKey!.Contains(sought));
            }

            return await Orders.Page(rows, request.List, (page, ct) => AdminRoomView.Of(db, log, page, ct), cancellationToken);
        }

        public async Task<Result<AdminRoomView>> Handle(One request, CancellationToken cancellationToken) =>
            await db.Rooms.AsNoTracking().SingleOrDefaultAsync(r => r.Id == request.Id && r.DeletedAt == null, cancellationToken) is { } room
                ? (await AdminRoomView.Of(db, log, [room], cancellationToken))[0]
                : Error.NotFound;
    }
}
