using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Messaging.Data;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Messaging.Reading;

internal static class GetThread
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/rooms/{id:id}/threads/{messageId:id}", async (Guid id, Guid messageId, int? limit, string? cursor, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(id, messageId, limit, cursor, caller), ct)).ToOk())
            .WithTags("Messages").WithSummary("A message and the replies in its thread, ascending")
            .WithDescription("atSeq is the log's number at which the answer is true. A message without replies answers none; a reply has no thread of its own.")
            .Produces<ThreadPage>().ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);

    internal sealed record ThreadPage(MessageView Root, IReadOnlyList<MessageView> Items, string? NextCursor, long AtSeq);

    internal sealed record Query(Guid RoomId, Guid RootId, int? Limit, string? Cursor, Caller Caller) : IRequest<Result<ThreadPage>>, IPagedBySeq;

    internal sealed class Validator : AbstractValidator<Query>
    {
        public Validator() => SeqCursor.Check(this);
    }

    internal sealed class Handler(MessagingDb db, IMessageFiles files, MessageAccess messages) : IRequestHandler<Query, Result<ThreadPage>>
    {
        public Task<Result<ThreadPage>> Handle(Query query, CancellationToken cancellationToken) =>
            messages.InRoom<ThreadPage>(
                query.RoomId,
                query.Caller.UserId,
                async () =>
                {
                    var read = await Read(db, files, query.RoomId, query.RootId, SeqCursor.Read(query.Cursor) ?? 0, query.Limit ?? Page<object>.DefaultLimit, cancellationToken);
                    if (!read.IsOk)
                    {
                        return read;
                    }

                    var views = await MessageViews.For(query.Caller.UserId, db, [read.Value.Root, .. read.Value.Items], cancellationToken);
                    return read.Value with { Root = views[0], Items = [.. views.Skip(1)] };
                },
                cancellationToken);

        internal static async Task<Result<ThreadPage>> Read(MessagingDb db, IMessageFiles files, Guid roomId, Guid rootId, long after, int limit, CancellationToken ct)
        {
            var head = await History.Head(db, roomId, ct);
            var root = await db.Messages.AsNoTracking().SingleOrDefaultAsync(m => m.Id == rootId && m.RoomId == roomId && m.ThreadId == null, ct);
            if (root is null)
            {
                return Error.NotFound;
            }

            var replies = await db.Messages.AsNoTracking()
                .Where(m => m.ThreadId == rootId && m.Seq > after && m.Seq <= head)
                .OrderBy(m => m.Seq)
                .Take(limit + 1)
                .ToListAsync(ct);
            var page = replies.Take(limit).ToList();
            var views = await MessageViews.Of(db, files, [root, .. page], ct);
            return new ThreadPage(views[0], [.. views.Skip(1)], replies.Count > limit ? SeqCursor.Write(page[^1].Seq) : null, head);
        }
    }
}
