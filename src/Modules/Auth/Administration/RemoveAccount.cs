using ChatMonolith.Auth.Leaving;
using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Auth.Administration;

internal static class RemoveAccount
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/admin/users/{id:id}", async (Guid id, Actor actor, ClientInfo client, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Command(id, actor, client), ct)).ToNoContent())
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Delete an account")
            .WithDescription("As its owner would (`DELETE /users/me`): name, address, credentials, sessions and private files go, messages stay under `Deleted user`. The last active admin stays (`conflict`). Needs a step-up.")
            .Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);

    public sealed record Command(Guid UserId, Actor Actor, ClientInfo Client) : IRequest<Result<Nothing>>;

    internal sealed class Handler(AccountRemoval removal) : IRequestHandler<Command, Result<Nothing>>
    {
        public Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken) =>
            removal.Remove(
                request.UserId,
                request.Client,
                new CommitOrigin(request.Actor.SessionId),
                async (db, account, ct) => account.Role is ServerRole.Admin && account.IsActive && !await db.HasOtherAdmin(account.Id, ct)
                    ? Error.Conflict("This is the last active admin. Make somebody else one first.", ConflictReasons.LastAdmin)
                    : null,
                cancellationToken,
                request.Actor);
    }
}
