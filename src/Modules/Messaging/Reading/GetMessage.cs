using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Messaging.Reading;

internal static class GetMessage
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/messages/{id:id}", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(id, caller), ct)).ToOk())
            .WithTags("Messages").WithSummary("One message").WithDescription("A deleted one is shown as its tombstone.")
            .Produces<MessageView>().ProducesProblem(404);

    internal sealed record Query(Guid MessageId, Caller Caller) : IRequest<Result<MessageView>>;

    internal sealed class Handler(MessagingDb db, IMessageFiles files, MessageAccess messages) : IRequestHandler<Query, Result<MessageView>>
    {
        public Task<Result<MessageView>> Handle(Query query, CancellationToken cancellationToken) =>
            messages.OfMessage<MessageView>(
                query.MessageId,
                query.Caller.UserId,
                async () =>
                {
                    var views = await MessageViews.Load(db, files, [query.MessageId], cancellationToken);
                    return views.TryGetValue(query.MessageId, out var view) ? (await MessageViews.For(query.Caller.UserId, db, [view], cancellationToken))[0] : Error.NotFound;
                },
                cancellationToken);
    }
}
