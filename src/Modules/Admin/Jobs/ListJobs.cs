using ChatMonolith.Admin.Data;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Listing;
using ChatMonolith.BuildingBlocks.Time;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Admin.Jobs;

internal static class ListJobs
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/admin/jobs", async (IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(), ct)).ToOk())
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("Scheduled jobs with their next and last runs").WithDescription("Their number is bounded, and `nextCursor` is always null.")
            .Produces<Page<JobView>>().ProducesProblem(401).ProducesProblem(403);
        api.MapGet("/admin/jobs/{name}/history", (string name, [FromQuery] string? result, [AsParameters] ListParameters list, HttpRequest request, IMediator mediator, CancellationToken ct) =>
                list.Answer(request, page => mediator.Send(new History(name, result, page), ct)))
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("A job's runs, the newest first").WithDescription("`result` is `running`, `succeeded`, `failed` or `interrupted`.")
            .Produces<Page<RunView>>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        api.MapGet("/admin/jobs/graph", async ([FromQuery] int? hours, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Graph(hours ?? 24), ct)).ToOk())
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("Runs that succeeded and failed, by the hour").WithDescription("`hours` is 1 to 336; 24 without it.")
            .Produces<Items<GraphPoint>>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
    }

    public sealed record GraphPoint(Instant At, int Succeeded, int Failed);

    public sealed record Query : IRequest<Result<Page<JobView>>>;

    public sealed record History(string Name, string? Result, ListParameters List) : IRequest<Result<Page<RunView>>>;

    public sealed record Graph(int Hours) : IRequest<Result<Items<GraphPoint>>>;

    internal sealed class Handler(AdminDb db, JobViews jobs, TimeProvider time)
        : IRequestHandler<Query, Result<Page<JobView>>>, IRequestHandler<History, Result<Page<RunView>>>, IRequestHandler<Graph, Result<Items<GraphPoint>>>
    {
        private const long Hour = 60 * 60 * 1000;
        private const int MostHours = 14 * 24;
        private static readonly SortOrders<JobRunRow> Orders = new(r => r.Id, "startedAt");

        public async Task<Result<Page<JobView>>> Handle(Query request, CancellationToken cancellationToken) => new Page<JobView>(await jobs.All(cancellationToken), NextCursor: null);

        public async Task<Result<Page<RunView>>> Handle(History request, CancellationToken cancellationToken)
        {
            if (await jobs.Find(request.Name, cancellationToken) is null)
            {
                return Error.NotFound;
            }

            var rows = db.JobRuns.AsNoTracking().Where(r => r.Job == request.Name);
            if (request.Result is { } name)
            {
                if (!Enum.TryParse<RunResult>(name, ignoreCase: true, out var result) || !name.All(char.IsAsciiLetterLower))
                {
                    return Error.Validation("result", "`result` is `running`, `succeeded`, `failed` or `interrupted`.");
                }

                rows = rows.Where(r => r.Result == result);
            }

            return await Orders.Page(rows, request.List, RunView.Of, cancellationToken);
        }

        public async Task<Result<Items<GraphPoint>>> Handle(Graph request, CancellationToken cancellationToken)
        {
            if (request.Hours is < 1 or > MostHours)
            {
                return Error.Validation("hours", $"`hours` is 1 to {MostHours}.");
            }

            var last = time.Now() / Hour;
            var first = last - request.Hours + 1;
            var from = first * Hour;
            var counts = await db.JobRuns.AsNoTracking().Where(r => r.StartedAt >= from).GroupBy(r => new { Hour = r.StartedAt / Hour, r.Result })
                .Select(g => new { g.Key.Hour, g.Key.Result, Count = g.Count() }).ToListAsync(cancellationToken);
            var points = Enumerable.Range(0, request.Hours).Select(i => new GraphPoint((first + i) * Hour, Of(first + i, RunResult.Succeeded), Of(first + i, RunResult.Failed) + Of(first + i, RunResult.Interrupted)));
            return new Items<GraphPoint>([.. points]);

            int Of(long hour, RunResult result) => counts.Where(c => c.Hour == hour && c.Result == result).Sum(c => c.Count);
        }
    }
}
