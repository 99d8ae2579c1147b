using MediatR;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Messaging.Pushing;

internal static class GetPushKey
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/push/key", async (IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(), ct)).ToOk())
            .WithTags("Push").WithSummary("The key that a browser subscribes with")
            .WithDescription("applicationServerKey of the Push API: a point on P-256, uncompressed, in base64url (RFC 8292). 404 where the operator has turned push off.")
            .Produces<PushKey>().ProducesProblem(404);

    public sealed record PushKey(string PublicKey);

    public sealed record Query : IRequest<Result<PushKey>>;

    internal sealed class Handler(Vapid vapid, IOptions<PushOptions> options) : IRequestHandler<Query, Result<PushKey>>
    {
        public Task<Result<PushKey>> Handle(Query request, CancellationToken cancellationToken) =>
            Task.FromResult<Result<PushKey>>(options.Value.Enabled ? new PushKey(vapid.PublicKey) : Error.NotFound);
    }
}
