using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Tokens;

internal static class DeleteToken
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/auth/tokens/{id:id}", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Command(caller, id), ct)).ToNoContent())
            .WithTags("Auth").WithSummary("Delete a personal access token").WithDescription("It and its sockets end before this answers.")
            .Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);

    public sealed record Command(Caller Caller, Guid TokenId) : IRequest<Result<Nothing>>;

    internal sealed class Handler(AuthDb db, SessionEnding ending) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (!await db.Tokens.AnyAsync(t => t.SessionId == request.TokenId && t.Session.AccountId == request.Caller.UserId && t.Session.EndedAt == null, cancellationToken))
            {
                return Error.NotFound;
            }

            await ending.End(request.Caller.UserId, [request.TokenId], "the token was deleted by its owner");
            return Nothing.Value;
        }
    }
}
