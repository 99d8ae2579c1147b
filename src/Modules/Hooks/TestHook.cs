using System.Text;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Hooks.Data;
using ChatMonolith.Hooks.Sending;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Hooks;

/// <summary>Calls a hook's address once, now, with nothing to tell; what comes of it is told to the owner and changes nothing.</summary>
internal static class TestHook
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/rooms/{id:id}/hooks/{hookId:id}/test", async (Guid id, Guid hookId, Caller caller, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(id, hookId, caller), ct)).ToOk())
            .InClass(RouteClass.Costly).WithTags("Hooks").WithSummary("Try a hook's address")
            .WithDescription("Sends `{hookId, roomId, items: [], test: true}`, signed like a delivery, also where the hook is switched off. `taken` says whether it answered 2xx; `problem` what else. For owners.")
            .Produces<Tried>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);

    /// <param name="Taken">It answered 2xx.</param>
    /// <param name="Status">What it answered; null when nothing.</param>
    /// <param name="Problem">In words; null when it was taken.</param>
    public sealed record Tried(bool Taken, int? Status, string? Problem);

    public sealed record Command(Guid RoomId, Guid HookId, Caller Caller) : IRequest<Result<Tried>>;

    internal sealed class Handler(HooksDb db, IRoomAccess access, HookClient client, IOptions<HooksOptions> options) : IRequestHandler<Command, Result<Tried>>
    {
        public async Task<Result<Tried>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (await access.Refuse(request.RoomId, request.Caller.UserId, cancellationToken) is { } refusal)
            {
                return refusal;
            }

            if (await db.Hooks.AsNoTracking().SingleOrDefaultAsync(h => h.Id == request.HookId && h.RoomId == request.RoomId, cancellationToken) is not { } hook)
            {
                return Error.NotFound;
            }

            if (!options.Value.Enabled)
            {
                return Error.Forbidden("Hooks are switched off on this server.");
            }

            var body = Encoding.ASCII.GetBytes($$"""{"hookId":"{{hook.Id}}","roomId":"{{hook.RoomId}}","items":[],"test":true}""");
            var (status, problem) = await client.Send(hook, body, $"{hook.Id:N}-test-{Guid.CreateVersion7():N}", cancellationToken);
            var taken = status is >= 200 and < 300;
            return new Tried(taken, status, taken ? null : problem);
        }
    }
}
