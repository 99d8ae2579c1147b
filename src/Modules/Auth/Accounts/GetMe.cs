using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Auth;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Accounts;

internal static class GetMe
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/auth/me", async (Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(caller), ct)).ToOk())
            .RequireAuthorization(Policies.Unfinished).WithTags("Auth").WithSummary("Who am I").Produces<UserView>().ProducesProblem(401);

    public sealed record Query(Caller Caller) : IRequest<Result<UserView>>;

    internal sealed class Handler(AuthDb db) : IRequestHandler<Query, Result<UserView>>
    {
        public async Task<Result<UserView>> Handle(Query request, CancellationToken cancellationToken) =>
            await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.Id == request.Caller.UserId, cancellationToken) is { } account
                ? account.ToOwnView()
                : Error.Unauthenticated();
    }
}
