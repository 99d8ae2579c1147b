using System.Text.Json.Serialization;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Hooks.Data;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Hooks.Commands;

/// <param name="Id">The command's.</param>
/// <param name="Name">Without its slash.</param>
/// <param name="Hint">What follows it.</param>
/// <param name="Description">What it does.</param>
/// <param name="BotId">As whom it answers into the room.</param>
/// <param name="CreatedBy">By whose right.</param>
/// <param name="CreatedAt">When.</param>
/// <param name="Host">Where it asks; for owners alone, and never the whole address.</param>
internal sealed record CommandView(
    Guid Id, string Name, string Hint, string Description, Guid BotId, Guid CreatedBy, Instant CreatedAt, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Host)
{
    public static CommandView Of(CommandRow row, bool forOwner) =>
        new(row.Id, row.Name, row.Hint, row.Description, row.BotId, row.CreatedBy, row.CreatedAt, forOwner ? new Uri(row.Url).Authority : null);
}

internal static class ListCommands
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/rooms/{id:id}/commands", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(id, caller), ct)).ToOk())
            .WithTags("Hooks").WithSummary("A room's commands").WithDescription("For its members, to complete them; owners also see the `host` of each. By name. Their number is bounded, and `nextCursor` is always null.")
            .Produces<Page<CommandView>>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);

    public sealed record Query(Guid RoomId, Caller Caller) : IRequest<Result<Page<CommandView>>>;

    internal sealed class Handler(HooksDb db, IRoomAccess access) : IRequestHandler<Query, Result<Page<CommandView>>>
    {
        public async Task<Result<Page<CommandView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var rows = await db.Commands.AsNoTracking().Where(c => c.RoomId == request.RoomId).OrderBy(c => c.Name).ToListAsync(cancellationToken);

            // Asked after the reading: no answer leaves for somebody who lost the right meanwhile.
            var member = await access.Member(request.RoomId, request.Caller.UserId, cancellationToken);
            return member.Map(m => new Page<CommandView>(rows.ConvertAll(row => CommandView.Of(row, m is { Role: RoomRole.Owner, RoomType: not RoomType.Direct })), NextCursor: null));
        }
    }
}

internal static class DeleteCommand
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/rooms/{id:id}/commands/{commandId:id}", async (Guid id, Guid commandId, Caller caller, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(id, commandId, caller), ct)).ToNoContent())
            .WithTags("Hooks").WithSummary("Remove a command").WithDescription("Its bot is deleted; what it wrote stays. For owners.").Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);

    public sealed record Command(Guid RoomId, Guid CommandId, Caller Caller) : IRequest<Result<Nothing>>;

    internal sealed class Handler(RoomBots bots) : IRequestHandler<Command, Result<Nothing>>
    {
        public Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken) => bots.Take<CommandRow>(request.RoomId, request.CommandId, request.Caller, cancellationToken);
    }
}
