using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Admin;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Administration;

internal static class EndAccountSessions
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/admin/users/{id:id}/end-sessions", async (Guid id, Body? body, Actor actor, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(id, body?.Tokens == true, actor), ct)).ToOk())
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("End somebody's sessions")
            .WithDescription("All of them, with their sockets, before it answers; with `tokens: true` their personal tokens as well. Needs a step-up.")
            .Produces<Answer>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);

    public sealed record Body(bool? Tokens);

    public sealed record Answer(int Ended);

    public sealed record Command(Guid UserId, bool Tokens, Actor Actor) : IRequest<Result<Answer>>;

    internal sealed class Handler(AuthDb db, SessionEnding ending, IAuditLog audit) : IRequestHandler<Command, Result<Answer>>
    {
        public async Task<Result<Answer>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (!await db.Accounts.AnyAsync(a => a.Id == request.UserId && a.DeletedAt == null, cancellationToken))
            {
                return Error.NotFound;
            }

            var sessions = await db.Sessions.AsNoTracking().Where(s => s.AccountId == request.UserId && s.EndedAt == null && (request.Tokens || s.Kind == SessionKind.Login))
                .Select(s => s.Id).ToListAsync(cancellationToken);
            await ending.End(
                request.UserId, sessions, "an admin ended them",
                ct => audit.Append(db, AuditEvent.By(request.Actor, "user.sessions-ended", "user", request.UserId, ("count", $"{sessions.Count}"), ("tokens", request.Tokens ? "true" : "false")), ct));
            return new Answer(sessions.Count);
        }
    }
}
