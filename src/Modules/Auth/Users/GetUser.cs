using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Rooms;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Users;

internal static class GetUser
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/users/{id:id}", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(caller, id), ct)).ToOk())
            .WithTags("Users").WithSummary("One person").WithDescription("`email` and `emailVerified` are there for oneself and for admins. A guest sees the people of their rooms.")
            .Produces<UserView>().ProducesProblem(401).ProducesProblem(404);

    public sealed record Query(Caller Caller, Guid UserId) : IRequest<Result<UserView>>;

    internal sealed class Handler(AuthDb db, IRoomAccess rooms) : IRequestHandler<Query, Result<UserView>>
    {
        public async Task<Result<UserView>> Handle(Query request, CancellationToken cancellationToken)
        {
            if (await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.Id == request.UserId, cancellationToken) is not { } account)
            {
                return Error.NotFound;
            }

            if (request.Caller.IsGuest && account.Id != request.Caller.UserId && (await rooms.SharingARoom(request.Caller.UserId, [account.Id], cancellationToken)).Count == 0)
            {
                return Error.NotFound;
            }

            return request.Caller.IsAdmin || request.Caller.UserId == account.Id ? account.ToOwnView() : account.ToView();
        }
    }
}
