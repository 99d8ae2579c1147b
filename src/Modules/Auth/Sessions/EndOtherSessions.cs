using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Sessions;

internal static class EndOtherSessions
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/auth/sessions", async (Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Command(caller), ct)).ToNoContent())
            .WithTags("Auth").WithSummary("End all my sessions but this one").Produces(204).ProducesProblem(401).ProducesProblem(403);

    public sealed record Command(Caller Caller) : IRequest<Result<Nothing>>;

    internal sealed class Handler(AuthDb db, SessionEnding ending) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            var others = await db.Sessions.AsNoTracking()
                .Where(s => s.AccountId == request.Caller.UserId && s.Id != request.Caller.SessionId && s.EndedAt == null && s.Kind == SessionKind.Login)
                .Select(s => s.Id).ToListAsync(cancellationToken);
            await ending.End(request.Caller.UserId, others, "ended by their owner");
            return Nothing.Value;
        }
    }
}
