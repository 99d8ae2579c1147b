using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Messaging.Data;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Pushing;

internal static class ListSubscriptions
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/push/subscriptions", async (Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(caller), ct)).ToOk())
            .WithTags("Push").WithSummary("My browsers that are pushed to").Produces<Items<SubscriptionView>>();

    public sealed record Query(Caller Caller) : IRequest<Result<Items<SubscriptionView>>>;

    internal sealed class Handler(MessagingDb db) : IRequestHandler<Query, Result<Items<SubscriptionView>>>
    {
        public async Task<Result<Items<SubscriptionView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var rows = await db.PushSubscriptions.AsNoTracking().Where(s => s.UserId == request.Caller.UserId).OrderBy(s => s.Id).ToListAsync(cancellationToken);
            return new Items<SubscriptionView>(rows.ConvertAll(r => SubscriptionView.Of(r, request.Caller.SessionId)));
        }
    }
}
