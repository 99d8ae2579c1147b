using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Hooks.Data;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Hooks.Incoming;

/// <summary>Posts for whoever has the URL. What is wrong with it is not told: unknown, removed and wrong are the same.</summary>
internal static class PostByHook
{
    private const int LongestSecret = 64;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/hooks/{id:id}/{secret}", async (Guid id, string secret, Body body, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(id, secret, body.ClientId, body.Text), ct)).ToHttp(posted => Results.Created($"/api/v1/messages/{posted.Id}", posted)))
            .AllowAnonymous().WithTags("Hooks").WithSummary("Post into a room by its URL")
            .WithDescription("`text` as anybody's; `clientId` makes a repeat harmless. The address is a secret: keep it out of logs.")
            .Produces<Posted>(201).ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(429);

    public sealed record Body(string? ClientId, string? Text);

    public sealed record Posted(Guid Id);

    public sealed record Command(Guid HookId, string Secret, string? ClientId, string? Text) : IRequest<Result<Posted>>;

    internal sealed class Handler(HooksDb db, IRoomAccess access, IPeople people, IPosting posting) : IRequestHandler<Command, Result<Posted>>
    {
        public async Task<Result<Posted>> Handle(Command request, CancellationToken cancellationToken)
        {
            var hook = await db.Incoming.AsNoTracking().SingleOrDefaultAsync(h => h.Id == request.HookId, cancellationToken);
            var given = Secrets.Hash(request.Secret.Length <= LongestSecret ? request.Secret : "");
            if (!Secrets.AreEqual(hook?.Hash ?? new byte[given.Length], given) || hook is null
                || await access.RefuseMaker(people, hook.RoomId, hook.CreatedBy, hook.BotId, cancellationToken) is not null)
            {
                return Error.NotFound;
            }

            var posted = await posting.Post(hook.RoomId, hook.BotId, request.ClientId ?? Guid.CreateVersion7().ToString("N"), request.Text ?? "", cancellationToken);
            return posted.Map(id => new Posted(id));
        }
    }
}
