using ChatMonolith.Auth.Leaving;
using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Messaging;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.Bots;

internal static class DeleteBot
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/admin/bots/{id:id}", async (Guid id, Actor actor, ClientInfo client, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(id, actor, client), ct)).ToNoContent())
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Delete a bot")
            .WithDescription("Its token and sockets end before this answers; what it wrote stays. `not_found` for what is no bot. Needs a step-up.")
            .Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);

    public sealed record Command(Guid BotId, Actor Actor, ClientInfo Client) : IRequest<Result<Nothing>>;

    internal sealed class Handler(AccountRemoval removal, ILogger<Handler> logger) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            var removed = await removal.Remove(
                request.BotId, request.Client, new CommitOrigin(request.Actor.SessionId), (_, account, _) => Task.FromResult(account.IsBot ? null : Error.NotFound), cancellationToken, request.Actor);
            if (removed.IsOk)
            {
                logger.CredentialChanged(request.BotId, $"bot deleted by {request.Actor.UserId}", request.Client.Address);
            }

            return removed;
        }
    }
}
