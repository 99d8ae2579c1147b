using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Nodes.Data;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Nodes;

/// <summary>Empties a node, so that it can be stopped without anybody noticing: its ready goes off, and its sockets move to the others.</summary>
internal static class DrainNode
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/admin/nodes/{nodeId:id}/drain", async (Guid nodeId, Actor actor, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Command(nodeId, actor), ct)).ToNoContent())
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Empty a node before it is stopped")
            .WithDescription("Its `/health/ready` turns off, its sockets are told `goaway` and closed. It stays so until it is started again. `conflict` where it is the only one. Needs a step-up.")
            .Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);

    public sealed record Command(Guid NodeId, Actor Actor) : IRequest<Result<Nothing>>;

    internal sealed class Handler(NodesDb db, INodes nodes, NodeDraining draining, IAuditLog audit, TimeProvider time) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            var now = time.Now();
            var living = nodes.AreSeveral ? await db.Leases.AsNoTracking().Where(l => l.FencedAt == null && l.LeaseUntil >= now).ToListAsync(cancellationToken) : [];
            if (living.Find(l => l.Id == request.NodeId) is not { } node)
            {
                return Error.NotFound;
            }

            if (!living.Exists(l => l.Id != request.NodeId && !l.Draining))
            {
                return Error.Conflict("No other node would be left to serve anybody. Start another one first.");
            }

            await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
            {
                await audit.Append(db, AuditEvent.By(request.Actor, "node.drained", "node", node.Id, ("name", node.Name)), cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }

            draining.Begin(request.NodeId);
            return Nothing.Value;
        }
    }
}
