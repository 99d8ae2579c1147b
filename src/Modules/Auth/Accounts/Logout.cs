using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Auth.Accounts;

internal static class Logout
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/auth/logout", async (Caller caller, HttpContext http, IMediator mediator, CancellationToken ct) =>
            {
                SessionCookies.Clear(http.Response);
                return (await mediator.Send(new Command(caller), ct)).ToNoContent();
            })
            .RequireAuthorization(Policies.Unfinished).WithTags("Auth").WithSummary("End this session, its tokens and its sockets").Produces(204).ProducesProblem(401).ProducesProblem(403);

    public sealed record Command(Caller Caller) : IRequest<Result<Nothing>>;

    internal sealed class Handler(SessionEnding ending) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            await ending.End(request.Caller.UserId, [request.Caller.SessionId], "logged out");
            return Nothing.Value;
        }
    }
}
