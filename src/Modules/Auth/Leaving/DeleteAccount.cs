using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.Leaving;

/// <summary>
/// Deletes the caller's account: everything that says who they were, in one transaction with their leaving of rooms. What they wrote in
/// rooms belongs to the conversation and stays, under "Deleted user".
/// </summary>
internal static class DeleteAccount
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/users/me", async (Caller caller, ClientInfo client, HttpContext http, IMediator mediator, CancellationToken ct) =>
            {
                var result = await mediator.Send(new Command(caller, client), ct);
                if (result.IsOk)
                {
                    SessionCookies.Clear(http.Response);
                }

                return result.ToNoContent();
            })
            .RequireAuthorization(Policies.StepUp).WithTags("Users").WithSummary("Delete my account")
            .WithDescription("Name, address, picture, credentials, sessions and tokens are removed at once, and cannot be had back; the username is free again. Rooms are left (one that would have no owner gets its longest member), messages stay under `Deleted user`. The last admin hands over first (`conflict`). Needs a step-up.")
            .Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(409);

    public sealed record Command(Caller Caller, ClientInfo Client) : IRequest<Result<Nothing>>;

    internal sealed class Handler(AccountRemoval removal, ILogger<Handler> logger) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            var userId = request.Caller.UserId;
            var removed = await removal.Remove(
                userId,
                request.Client,
                new CommitOrigin(request.Caller.SessionId),
                async (db, account, ct) => account.Role is ServerRole.Admin && !await db.Accounts.AnyAsync(a => a.Role == ServerRole.Admin && a.IsActive && a.Id != userId, ct)
                    ? Error.Conflict("You are the last admin. Make somebody else one first.", ConflictReasons.LastAdmin)
                    : null,
                cancellationToken);
            if (removed.IsOk)
            {
                logger.AccountDeleted(userId, request.Client.Address);
            }

            return removed;
        }
    }
}
