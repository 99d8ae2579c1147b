using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Messaging.Data;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Reading;

internal static class GetRevisions
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/messages/{id:id}/revisions", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(id, caller), ct)).ToOk())
            .WithTags("Messages").WithSummary("A message's earlier texts, oldest first")
            .WithDescription("At most 100, answered whole: the first one and the last ones. They go when the message is deleted.")
            .Produces<Page<Revision>>().ProducesProblem(404);

    /// <param name="Number">1 for the first text.</param>
    /// <param name="Text">As it was written.</param>
    /// <param name="At">When it was written.</param>
    internal sealed record Revision(int Number, string Text, Instant At);

    internal sealed record Query(Guid MessageId, Caller Caller) : IRequest<Result<Page<Revision>>>;

    internal sealed class Handler(MessagingDb db, MessageAccess messages) : IRequestHandler<Query, Result<Page<Revision>>>
    {
        public Task<Result<Page<Revision>>> Handle(Query query, CancellationToken cancellationToken) =>
            messages.OfMessage<Page<Revision>>(query.MessageId, query.Caller.UserId, async () => await Read(query.MessageId, cancellationToken), cancellationToken);

        private async Task<Page<Revision>> Read(Guid messageId, CancellationToken ct)
        {
            var rows = await db.Revisions.AsNoTracking().Where(r => r.MessageId == messageId).OrderBy(r => r.Number).ToListAsync(ct);
            return new Page<Revision>([.. rows.Select(r => new Revision(r.Number, r.Text, r.At))], NextCursor: null);
        }
    }
}
