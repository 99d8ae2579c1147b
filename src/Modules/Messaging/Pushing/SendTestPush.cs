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

/// <summary>Sends a notification to this very browser, so that a person sees that it works.</summary>
internal static class SendTestPush
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/push/test", async (Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(caller), ct)).ToHttp(_ => Results.Accepted()))
            .WithTags("Push").WithSummary("Push a trial notification to this session's browser")
            .WithDescription("Of kind system. Like any other it is not sent while a window has the focus.")
            .Produces(202).ProducesProblem(404).ProducesProblem(409);

    public sealed record Command(Caller Caller) : IRequest<Result<Nothing>>;

    internal sealed class Handler(IRoomLog log, PushAudience audience) : IRequestHandler<Command, Result<Nothing>>
    {
        private const int MostWaiting = 3;

        public Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken) =>
            log.Commit<Nothing>(
                async (tx, ct) =>
                {
                    var db = tx.Use<MessagingDb>();
                    var (me, session) = (request.Caller.UserId, request.Caller.SessionId);
                    var subscription = await db.PushSubscriptions.Where(s => s.UserId == me && s.SessionId == session).OrderByDescending(s => s.Id).Select(s => (Guid?)s.Id).FirstOrDefaultAsync(ct);
                    if (subscription is not { } id)
                    {
                        return Error.NotFound;
                    }

                    if (await db.PushOwed.CountAsync(o => o.SubscriptionId == id && o.Kind == NotificationKind.System, ct) >= MostWaiting)
                    {
                        return Error.Conflict("The last trials are still on their way.", ConflictReasons.TestWaits);
                    }

                    db.PushOwed.Add(new PushOwedRow
                    {
                        Id = Guid.CreateVersion7(), SubscriptionId = id, UserId = me, Kind = NotificationKind.System, Text = "Notifications reach this device.", CreatedAt = tx.At, NextAt = tx.At,
                    });
                    await db.SaveChangesAsync(ct);
                    tx.OnCommitted(audience.Wake);
                    return Nothing.Value;
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
    }
}
