using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Sessions;

internal static class EndSession
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/auth/sessions/{id:id}", async (Guid id, Caller caller, HttpContext http, IMediator mediator, CancellationToken ct) =>
            {
                var result = await mediator.Send(new Command(caller, id), ct);
                if (result.IsOk && id == caller.SessionId)
                {
                    SessionCookies.Clear(http.Response);
                }

                return result.ToNoContent();
            })
            .WithTags("Auth").WithSummary("End one of my sessions, with its tokens and sockets").Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);

    public sealed record Command(Caller Caller, Guid SessionId) : IRequest<Result<Nothing>>;

    internal sealed class Handler(AuthDb db, SessionEnding ending) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (!await db.Sessions.AnyAsync(s => s.Id == request.SessionId && s.AccountId == request.Caller.UserId && s.EndedAt == null && s.Kind == SessionKind.Login, cancellationToken))
            {
                return Error.NotFound;
            }

            await ending.End(request.Caller.UserId, [request.SessionId], "ended by its owner");
            return Nothing.Value;
        }
    }
}
