using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Hooks.Data;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Hooks.Incoming;

internal static class ListIncomingHooks
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/rooms/{id:id}/hooks/incoming", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(id, caller), ct)).ToOk())
            .WithTags("Hooks").WithSummary("The URLs that post into a room").WithDescription("For its owners; never the URLs themselves. Their number is bounded, and `nextCursor` is always null.")
            .Produces<Page<IncomingView>>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);

    public sealed record Query(Guid RoomId, Caller Caller) : IRequest<Result<Page<IncomingView>>>;

    internal sealed class Handler(HooksDb db, IRoomAccess access) : IRequestHandler<Query, Result<Page<IncomingView>>>
    {
        public async Task<Result<Page<IncomingView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var rows = await db.Incoming.AsNoTracking().Where(h => h.RoomId == request.RoomId).OrderBy(h => h.Id).ToListAsync(cancellationToken);

            // Asked after the reading: no answer leaves for somebody who lost the right meanwhile.
            return await access.Refuse(request.RoomId, request.Caller.UserId, cancellationToken) is { } refusal ? refusal : new Page<IncomingView>(rows.ConvertAll(IncomingView.Of), NextCursor: null);
        }
    }
}

internal static class DeleteIncomingHook
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/rooms/{id:id}/hooks/incoming/{hookId:id}", async (Guid id, Guid hookId, Caller caller, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(id, hookId, caller), ct)).ToNoContent())
            .WithTags("Hooks").WithSummary("Remove a URL that posts into a room").WithDescription("Its bot is deleted; what it wrote stays.").Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);

    public sealed record Command(Guid RoomId, Guid HookId, Caller Caller) : IRequest<Result<Nothing>>;

    internal sealed class Handler(RoomBots bots) : IRequestHandler<Command, Result<Nothing>>
    {
        public Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken) => bots.Take<IncomingRow>(request.RoomId, request.HookId, request.Caller, cancellationToken);
    }
}
