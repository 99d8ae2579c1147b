using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Pictures;
using ChatMonolith.Contracts.Rooms;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Users;

internal static class GetAvatar
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/users/{id:id}/avatar", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(caller, id), ct)).ToHttp(a => PictureHttp.Show(a.Bytes, a.ContentType, a.Version)))
            .WithTags("Users").WithSummary("A person's picture")
            .WithDescription("The address in avatarUrl changes with the picture; its v is not looked at.")
            .Produces(200, contentType: "image/png").Produces(304).ProducesProblem(401).ProducesProblem(404);

    public sealed record Query(Caller Caller, Guid UserId) : IRequest<Result<AccountAvatar>>;

    internal sealed class Handler(AuthDb db, IRoomAccess rooms) : IRequestHandler<Query, Result<AccountAvatar>>
    {
        public async Task<Result<AccountAvatar>> Handle(Query request, CancellationToken cancellationToken) =>
            (!request.Caller.IsGuest || request.UserId == request.Caller.UserId || (await rooms.SharingARoom(request.Caller.UserId, [request.UserId], cancellationToken)).Count > 0)
            && await db.Avatars.AsNoTracking().SingleOrDefaultAsync(a => a.AccountId == request.UserId, cancellationToken) is { } avatar ? avatar : Error.NotFound;
    }
}
