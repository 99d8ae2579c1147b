using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Storage;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Rooms.Members;

internal static class ListMembers
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/rooms/{id:id}/members", async (Guid id, int? limit, string? cursor, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(caller, id, limit, cursor), ct)).ToOk())
            .WithTags("Rooms")
            .WithSummary("The people of a room, in the order in which they joined")
            .Produces<Page<MemberView>>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound);

    public sealed record Query(Caller Caller, Guid RoomId, int? Limit, string? Cursor) : IPaged, IRequest<Result<Page<MemberView>>>;

    internal sealed class Validator : AbstractValidator<Query>
    {
        public Validator() => Include(new PagedValidator());
    }

    internal sealed class Handler(RoomsDb db, IRoomAccess access, IPeople people) : IRequestHandler<Query, Result<Page<MemberView>>>
    {
        public async Task<Result<Page<MemberView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var may = await access.Member(request.RoomId, request.Caller.UserId, cancellationToken);
            if (!may.IsOk)
            {
                return may.Error;
            }

            var members = db.Members.AsNoTracking().Where(m => m.RoomId == request.RoomId);
            if (request.Cursor is not null)
            {
                if (!Cursor.TryRead(request.Cursor, out long joinedAt, out var userId))
                {
                    return Cursor.Malformed;
                }

                members = members.Where(m => m.JoinedAt > joinedAt || (m.JoinedAt == joinedAt && m.UserId > userId));
            }

            var limit = request.Limit ?? Page<MemberView>.DefaultLimit;
            var rows = await members.OrderBy(m => m.JoinedAt).ThenBy(m => m.UserId).Take(limit + 1).ToListAsync(cancellationToken);
            var next = rows.Count > limit ? Cursor.Write(rows[limit - 1].JoinedAt, rows[limit - 1].UserId) : null;
            var views = await MemberView.Of(people, [.. rows.Take(limit)], cancellationToken);

            // Asked again after the read, so that somebody who was removed meanwhile does not get the list.
            var still = await access.Member(request.RoomId, request.Caller.UserId, cancellationToken);
            return still.IsOk ? new Page<MemberView>(views, next) : still.Error;
        }
    }
}
