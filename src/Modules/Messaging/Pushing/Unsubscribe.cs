using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Pushing;

internal static class Unsubscribe
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/push/subscriptions/{id:id}", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(caller, id), ct)).ToNoContent())
            .WithTags("Push").WithSummary("Push to a browser of mine no more").Produces(204).ProducesProblem(404);

    public sealed record Command(Caller Caller, Guid Id) : IRequest<Result<Nothing>>;

    internal sealed class Handler(IRoomLog log) : IRequestHandler<Command, Result<Nothing>>
    {
        public Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken) =>
            log.Commit<Nothing>(
                async (tx, ct) =>
                {
                    var db = tx.Use<MessagingDb>();
                    var removed = await db.PushSubscriptions.Where(s => s.Id == request.Id && s.UserId == request.Caller.UserId).ExecuteDeleteAsync(ct);
                    await db.PushOwed.Where(o => o.SubscriptionId == request.Id && o.UserId == request.Caller.UserId).ExecuteDeleteAsync(ct);
                    return removed > 0 ? Nothing.Value : Error.NotFound;
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
    }
}
