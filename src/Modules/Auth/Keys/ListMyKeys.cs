using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Keys;

/// <summary>All of one's own keys, so that another device gets them, and old files can still be opened.</summary>
internal static class ListMyKeys
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/users/me/keys", async (Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(caller), ct)).ToOk())
            .WithTags("Users").WithSummary("My keys for encrypted files")
            .WithDescription("The current one first (`retiredAt` is null), then the earlier ones; not paged. Each private key as it was wrapped at the caller's end.")
            .Produces<Answer>().ProducesProblem(401);

    public sealed record Answer(IReadOnlyList<OwnKeyView> Items);

    public sealed record Query(Caller Caller) : IRequest<Result<Answer>>;

    internal sealed class Handler(AuthDb db) : IRequestHandler<Query, Result<Answer>>
    {
        public async Task<Result<Answer>> Handle(Query request, CancellationToken cancellationToken)
        {
            var keys = await db.Keys.AsNoTracking().Where(k => k.AccountId == request.Caller.UserId).ToListAsync(cancellationToken);
            return new Answer([.. keys.OrderByDescending(k => k.RetiredAt ?? long.MaxValue).Select(OwnKeyView.Of)]);
        }
    }
}
