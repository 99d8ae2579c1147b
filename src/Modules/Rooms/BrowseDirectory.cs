using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Storage;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Rooms;

internal static class BrowseDirectory
{
    private const int MaxQuery = 200;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/rooms/directory", async (string? query, int? limit, string? cursor, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(caller, query, limit, cursor), ct)).ToOk())
            .RequireAuthorization(Policies.NoGuests)
            .WithTags("Rooms")
            .WithSummary("The public rooms, by name")
            .WithDescription("query finds a part of the name, without regard to case; without it all are listed. joined says whether the caller is in the room.")
            .Produces<Page<PublicRoom>>()
            .ProducesProblem(StatusCodes.Status400BadRequest);

    public sealed record Query(Caller Caller, string? Text, int? Limit, string? Cursor) : IPaged, IRequest<Result<Page<PublicRoom>>>;

    public sealed record PublicRoom(
        Guid Id,
        RoomType Type,
        string? Name,
        string Topic,
        string? AvatarUrl,
        Guid CreatedBy,
        Instant CreatedAt,
        int MemberCount,
        long LastSeq,
        int SlowModeSeconds,
        int RetentionDays,
        bool Joined)
        : RoomView(Id, Type, Name, Topic, AvatarUrl, CreatedBy, CreatedAt, MemberCount, LastSeq, SlowModeSeconds, RetentionDays);

    internal sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            Include(new PagedValidator());
            RuleFor(q => q.Text).MaximumLength(MaxQuery).OverridePropertyName("query").WithMessage($"A query has at most {MaxQuery} characters.");
            RuleFor(q => q.Text).Must(text => text is null || !text.Any(char.IsControl)).OverridePropertyName("query").WithMessage("A query has no control characters.");
        }
    }

    internal sealed class Handler(RoomsDb db, IRoomLog log) : IRequestHandler<Query, Result<Page<PublicRoom>>>
    {
        public async Task<Result<Page<PublicRoom>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var rooms = db.Rooms.AsNoTracking().Where(r => r.Type == RoomType.Public && r.DeletedAt == null);
            if (request.Text?.Trim().ToLowerInvariant() is { Length: > 0 } part)
            {
                rooms = rooms.Where(r => r.NameKey!.Contains(part));
            }

            if (request.Cursor is not null)
            {
                if (!Cursor.TryRead(request.Cursor, out string name, out var id))
                {
                    return Cursor.Malformed;
                }

                rooms = rooms.Where(r => string.Compare(r.NameKey, name) > 0 || (r.NameKey == name && r.Id > id));
            }

            var limit = request.Limit ?? Page<PublicRoom>.DefaultLimit;
            var found = await rooms.OrderBy(r => r.NameKey).ThenBy(r => r.Id).Take(limit + 1)
                .Select(r => new { Room = r, Joined = db.Members.Any(m => m.RoomId == r.Id && m.UserId == request.Caller.UserId) })
                .ToListAsync(cancellationToken);
            var page = new List<PublicRoom>(limit);
            foreach (var (room, joined) in found.Take(limit).Select(f => (f.Room, f.Joined)))
            {
                page.Add(ToView(room, await log.LastSeq(room.Id, cancellationToken), joined));
            }

            return new Page<PublicRoom>(page, found.Count > limit ? Cursor.Write(found[limit - 1].Room.NameKey!, page[^1].Id) : null);
        }

        private static PublicRoom ToView(Room room, long lastSeq, bool joined) =>
            new(room.Id, room.Type, room.Name, room.Topic, room.AvatarUrl, room.CreatedBy, room.CreatedAt, room.MemberCount, lastSeq, room.SlowModeSeconds, room.RetentionDays, joined);
    }
}
