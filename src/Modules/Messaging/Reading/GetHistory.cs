using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Messaging.Data;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Messaging.Reading;

internal static class GetHistory
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/rooms/{id:id}/messages", async (Guid id, long? before, long? after, long? around, int? limit, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(id, before, after, around, limit, caller), ct)).ToOk())
            .WithTags("Messages").WithSummary("A room's messages, ascending, without thread replies")
            .WithDescription("At most one of before, after (both without the number itself) and around (with it); none of them answers the newest. limit is 50 unless told, at most 200. atSeq is the log's number at which the answer is true.")
            .Produces<HistoryPage>().ProducesProblem(400).ProducesProblem(403).ProducesProblem(404);

    internal sealed record Query(Guid RoomId, long? Before, long? After, long? Around, int? Limit, Caller Caller) : IRequest<Result<HistoryPage>>;

    internal sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Limit).InclusiveBetween(1, Page<object>.MaxLimit).WithMessage($"limit is 1 to {Page<object>.MaxLimit}.");
            RuleFor(q => q.Before).GreaterThanOrEqualTo(0).WithMessage("before is the number of an entry.");
            RuleFor(q => q.After).GreaterThanOrEqualTo(0).WithMessage("after is the number of an entry.");
            RuleFor(q => q.Around).GreaterThanOrEqualTo(0).WithMessage("around is the number of an entry.");
            RuleFor(q => q).Must(q => new[] { q.Before, q.After, q.Around }.Count(v => v is not null) <= 1)
                .OverridePropertyName("before").WithMessage("Give one of before, after and around at most.");
        }
    }

    internal sealed class Handler(MessagingDb db, IMessageFiles files, MessageAccess messages) : IRequestHandler<Query, Result<HistoryPage>>
    {
        public Task<Result<HistoryPage>> Handle(Query query, CancellationToken cancellationToken) =>
            messages.InRoom<HistoryPage>(query.RoomId, query.Caller.UserId, async () =>
            {
                var page = await Read(query, cancellationToken);
                return page with { Items = await MessageViews.For(query.Caller.UserId, db, page.Items, cancellationToken) };
            },
            cancellationToken);

        private Task<HistoryPage> Read(Query query, CancellationToken ct)
        {
            var limit = query.Limit ?? Page<object>.DefaultLimit;
            return query switch
            {
                { After: { } after } => History.After(db, files, query.RoomId, after, limit, ct),
                { Around: { } around } => History.Around(db, files, query.RoomId, around, limit, ct),
                _ => History.Before(db, files, query.RoomId, query.Before ?? long.MaxValue, limit, ct),
            };
        }
    }
}
