using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Hooks.Data;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Hooks;

internal static class ListHooks
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/rooms/{id:id}/hooks", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(id, caller), ct)).ToOk())
            .WithTags("Hooks").WithSummary("A room's hooks").WithDescription("For its owners. Their number is bounded, and `nextCursor` is always null.")
            .Produces<Page<HookView>>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);

    public sealed record Query(Guid RoomId, Caller Caller) : IRequest<Result<Page<HookView>>>;

    internal sealed class Handler(HooksDb db, IRoomAccess access) : IRequestHandler<Query, Result<Page<HookView>>>
    {
        public async Task<Result<Page<HookView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var rows = await db.Hooks.AsNoTracking().Where(h => h.RoomId == request.RoomId).OrderBy(h => h.Id).ToListAsync(cancellationToken);

            // Asked after the reading: no answer leaves for somebody who lost the right meanwhile.
            return await access.Refuse(request.RoomId, request.Caller.UserId, cancellationToken) is { } refusal ? refusal : new Page<HookView>(rows.ConvertAll(HookView.Of), NextCursor: null);
        }
    }
}

internal static class DeleteHook
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/rooms/{id:id}/hooks/{hookId:id}", async (Guid id, Guid hookId, Caller caller, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(id, hookId, caller), ct)).ToNoContent())
            .WithTags("Hooks").WithSummary("Remove a hook").Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);

    public sealed record Command(Guid RoomId, Guid HookId, Caller Caller) : IRequest<Result<Nothing>>;

    internal sealed class Handler(HooksDb db, IRoomAccess access) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (await access.Refuse(request.RoomId, request.Caller.UserId, cancellationToken) is { } refusal)
            {
                return refusal;
            }

            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var removed = await db.Hooks.Where(h => h.Id == request.HookId && h.RoomId == request.RoomId).ExecuteDeleteAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return removed == 1 ? Nothing.Value : Error.NotFound;
        }
    }
}

/// <summary>A deleted room's hooks go with it, each with its bot in one commit.</summary>
internal sealed class ForgetHooks(HooksDb db, IBotAccounts bots) : INotificationHandler<RoomDeleted>
{
    /// <exception cref="InvalidOperationException">The log takes no work just now; the room's turn comes again.</exception>
    public async Task Handle(RoomDeleted notification, CancellationToken cancellationToken)
    {
        await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
        {
            await db.Hooks.Where(h => h.RoomId == notification.RoomId).ExecuteDeleteAsync(cancellationToken);
            await transaction.CommitAsync(cancellationToken);
        }

        await Forget<IncomingRow>(notification.RoomId, cancellationToken);
        await Forget<CommandRow>(notification.RoomId, cancellationToken);
    }

    private async Task Forget<T>(Guid roomId, CancellationToken ct)
        where T : class, IWithBot
    {
        foreach (var row in await db.Set<T>().AsNoTracking().Where(r => r.RoomId == roomId).ToListAsync(ct))
        {
            var removed = await bots.Remove(row.BotId, new CommitOrigin(), (tx, token) => tx.Forget<T>(row.Id, token), ct);
            if (!removed.IsOk && removed.Error.Code != ErrorCodes.NotFound)
            {
                throw new InvalidOperationException("A bot could not be removed just now: " + removed.Error.Code);
            }
        }
    }
}
