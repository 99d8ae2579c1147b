using ChatMonolith.Admin.Data;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Telemetry;
using ChatMonolith.BuildingBlocks.Time;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Admin.Stats;

internal static class GetStats
{
    private const int MostSeries = 10;
    private const int MostPoints = 500;
    private const long Day = 24L * 60 * 60 * 1000;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/admin/stats", async (IMediator mediator, CancellationToken ct) => (await mediator.Send(new Newest(), ct)).ToOk())
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("How things stand").WithDescription("The newest sample of every series; none in the first minute of a server.")
            .Produces<NewestView>().ProducesProblem(401).ProducesProblem(403);
        api.MapGet("/admin/stats/series", async ([FromQuery] string? name, [FromQuery] DateTimeOffset? from, [FromQuery] DateTimeOffset? to, [FromQuery] int? points, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Series(name, from?.ToUnixTimeMilliseconds(), to?.ToUnixTimeMilliseconds(), points ?? 300), ct)).ToOk())
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("How they stood")
            .WithDescription($"`name` has up to {MostSeries} names of series, parted by commas. The last day without `from` and `to`. At most `points` ({MostPoints}) values each: the mean over their step, and its maximum.")
            .Produces<Items<SeriesView>>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
    }

    /// <param name="At">The time of the sample.</param>
    /// <param name="Version">Which program this is.</param>
    /// <param name="Values">By the series' names.</param>
    public sealed record NewestView(Instant? At, string Version, IReadOnlyDictionary<string, double> Values);

    public sealed record Point(Instant At, double Value, double Max);

    public sealed record SeriesView(string Name, long StepSeconds, IReadOnlyList<Point> Items);

    public sealed record Newest : IRequest<Result<NewestView>>;

    public sealed record Series(string? Names, long? From, long? To, int Points) : IRequest<Result<Items<SeriesView>>>;

    internal sealed class Handler(AdminDb db, TimeProvider time) : IRequestHandler<Newest, Result<NewestView>>, IRequestHandler<Series, Result<Items<SeriesView>>>
    {
        public async Task<Result<NewestView>> Handle(Newest request, CancellationToken cancellationToken)
        {
            var at = await db.Samples.Where(s => s.Step == SampleStats.Minute).OrderByDescending(s => s.At).Select(s => (long?)s.At).FirstOrDefaultAsync(cancellationToken);
            var values = await db.Samples.AsNoTracking().Where(s => s.Step == SampleStats.Minute && s.At == at).ToDictionaryAsync(s => s.Series, s => s.Value, StringComparer.Ordinal, cancellationToken);
            return new NewestView(Instant.From(at), Product.Version, values);
        }

        public async Task<Result<Items<SeriesView>>> Handle(Series request, CancellationToken cancellationToken)
        {
            var names = request.Names?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal).ToArray() ?? [];
            var to = request.To ?? time.Now();
            var from = request.From ?? (to - Day);
            if (names.Length is 0 or > MostSeries || Array.Exists(names, n => n.Length > SampleRow.MaxSeries || n.Contains('\0', StringComparison.Ordinal)))
            {
                return Error.Validation("name", $"Name 1 to {MostSeries} series.");
            }

            if (from >= to || request.Points is < 1 or > MostPoints)
            {
                return from >= to ? Error.Validation("from", "`from` comes before `to`.") : Error.Validation("points", $"`points` is 1 to {MostPoints}.");
            }

            // The finest step that still has all of it and does not have far too much.
            var now = time.Now();
            var step = SampleStats.Steps.Where(s => now - from <= s.Kept && (to - from) / (s.Step * 1000L) <= request.Points * 5L).Select(s => s.Step).FirstOrDefault(SampleStats.Steps[^1].Step);
            var rows = await db.Samples.AsNoTracking().Where(s => names.Contains(s.Series) && s.Step == step && s.At >= from && s.At < to).OrderBy(s => s.Series).ThenBy(s => s.At).ToListAsync(cancellationToken);
            var length = Math.Max(step * 1000L, (((to - from) / request.Points) + (step * 1000L) - 1) / (step * 1000L) * (step * 1000L));
            return new Items<SeriesView>([.. names.Select(n => new SeriesView(n, length / 1000, [.. rows.Where(r => r.Series == n).GroupBy(r => r.At / length)
                .Select(g => new Point(g.Key * length, g.Average(r => r.Value), g.Max(r => r.Max))).TakeLast(request.Points)]))]);
        }
    }
}
