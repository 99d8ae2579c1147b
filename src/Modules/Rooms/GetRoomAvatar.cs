using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Pictures;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Storage;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Rooms;

internal static class GetRoomAvatar
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/rooms/{id:id}/avatar", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(caller, id), ct)).ToHttp(a => PictureHttp.Show(a.Bytes, a.ContentType, a.Version)))
            .WithTags("Rooms").WithSummary("A room's picture")
            .WithDescription("For its members; of a public room for everybody. The address in avatarUrl changes with the picture; its v is not looked at.")
            .Produces(200, contentType: "image/png").Produces(304).ProducesProblem(404);

    public sealed record Query(Caller Caller, Guid RoomId) : IRequest<Result<RoomAvatar>>;

    internal sealed class Handler(RoomsDb db, IRoomAccess access) : IRequestHandler<Query, Result<RoomAvatar>>
    {
        public async Task<Result<RoomAvatar>> Handle(Query request, CancellationToken cancellationToken)
        {
            var avatar = await db.Avatars.AsNoTracking().SingleOrDefaultAsync(a => a.RoomId == request.RoomId, cancellationToken);

            // Asked after the reading; forbidden is a public room, which everybody sees.
            var member = await access.Member(request.RoomId, request.Caller.UserId, cancellationToken);
            return avatar is not null && (member.IsOk || member.Error.Code == ErrorCodes.Forbidden) ? avatar : Error.NotFound;
        }
    }
}
