using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Access;
using ChatMonolith.Rooms.Storage;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Rooms.Invites;

internal static class ListInvites
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/rooms/{id:id}/invites", async (Guid id, int? limit, string? cursor, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(caller, id, limit, cursor), ct)).ToOk())
            .WithTags("Rooms")
            .WithSummary("The invitations of a room that still work, the newest first")
            .WithDescription("Owners and moderators see all, members their own. Codes are not told again.")
            .Produces<Page<InviteView>>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound);

    public sealed record Query(Caller Caller, Guid RoomId, int? Limit, string? Cursor) : IPaged, IRequest<Result<Page<InviteView>>>;

    internal sealed class Validator : AbstractValidator<Query>
    {
        public Validator() => Include(new PagedValidator());
    }

    internal sealed class Handler(RoomsDb db, IRoomAccess access, TimeProvider time) : IRequestHandler<Query, Result<Page<InviteView>>>
    {
        public async Task<Result<Page<InviteView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var me = request.Caller.UserId;
            var may = await access.May(request.RoomId, me, RoomAction.Invite, cancellationToken);
            if (!may.IsOk)
            {
                return may.Error;
            }

            var now = time.Now();
            var invites = db.Invites.AsNoTracking().Where(i => i.RoomId == request.RoomId && i.UsedUpAt == null && (i.ExpiresAt == null || i.ExpiresAt > now));
            if (RoomRules.Refusal(RoomAction.OverseeInvites, may.Value.RoomType, may.Value.Role) is not null)
            {
                invites = invites.Where(i => i.CreatedBy == me);
            }

            if (request.Cursor is not null)
            {
                if (!Cursor.TryRead(request.Cursor, out long _, out var last))
                {
                    return Cursor.Malformed;
                }

                invites = invites.Where(i => i.Id < last);
            }

            var limit = request.Limit ?? Page<InviteView>.DefaultLimit;
            var rows = await invites.OrderByDescending(i => i.Id).Take(limit + 1).ToListAsync(cancellationToken);
            var still = await access.May(request.RoomId, me, RoomAction.Invite, cancellationToken);
            return still.IsOk
                ? new Page<InviteView>([.. rows.Take(limit).Select(i => InviteView.Of(i))], rows.Count > limit ? Cursor.Write(0, rows[limit - 1].Id) : null)
                : still.Error;
        }
    }
}
