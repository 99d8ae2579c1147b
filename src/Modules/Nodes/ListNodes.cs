using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Nodes;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Nodes.Data;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Nodes;

/// <summary>The nodes that live, and those that ended within the last hour without saying so.</summary>
internal static class ListNodes
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/admin/nodes", async (IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(), ct)).ToOk())
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("The servers on this database")
            .WithDescription("Empty where this one runs alone (`Nodes:Enabled`). `state` is `alive`, `draining` or `dead`; `lagMs` is how long after its commit a node handed out the last change of another. Their number is bounded, and `nextCursor` is always null.")
            .Produces<Page<NodeView>>().ProducesProblem(401).ProducesProblem(403);

    internal enum NodeState
    {
        Alive,
        Draining,
        Dead,
    }

    /// <param name="Id">Another one after each start.</param>
    /// <param name="Name">As its settings call it.</param>
    /// <param name="Version">Of its program.</param>
    /// <param name="State">Alive, about to go, or gone.</param>
    /// <param name="Self">The one that answers.</param>
    /// <param name="Leader">It does what only one does.</param>
    /// <param name="StartedAt">When its life as a node began.</param>
    /// <param name="LeaseUntil">Until when it may act without renewing its lease.</param>
    /// <param name="Sockets">Open ones.</param>
    /// <param name="Topics">Rooms and people that somebody listens to there.</param>
    /// <param name="LagMs">Behind the others' commits, at the last of them.</param>
    /// <param name="Problem">The last thing that went wrong between it and the others.</param>
    internal sealed record NodeView(
        Guid Id, string Name, string Version, NodeState State, bool Self, bool Leader, Instant StartedAt, Instant LeaseUntil, int Sockets, int Topics, long LagMs, string? Problem);

    public sealed record Query : IRequest<Result<Page<NodeView>>>;

    internal sealed class Handler(NodesDb db, INodes nodes, TimeProvider time) : IRequestHandler<Query, Result<Page<NodeView>>>
    {
        private const int Most = 200;

        public async Task<Result<Page<NodeView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            if (!nodes.AreSeveral)
            {
                return new Page<NodeView>([], NextCursor: null);
            }

            var now = time.Now();
            var rows = await db.Leases.AsNoTracking().OrderBy(l => l.StartedAt).ThenBy(l => l.Id).Take(Most).ToListAsync(cancellationToken);
            var leader = rows.Find(r => IsAlive(r, now) && !r.Draining)?.Id;
            return new Page<NodeView>(
                [.. rows.Select(r => new NodeView(
                    r.Id, r.Name, r.Version, !IsAlive(r, now) ? NodeState.Dead : r.Draining ? NodeState.Draining : NodeState.Alive, r.Id == nodes.Me, r.Id == leader, r.StartedAt, r.LeaseUntil,
                    r.Sockets, r.Topics, r.LagMilliseconds, r.Problem))],
                NextCursor: null);
        }

        private static bool IsAlive(LeaseRow row, long now) => row.FencedAt is null && row.LeaseUntil >= now;
    }
}
