using System.Text.Json;
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

namespace ChatMonolith.Admin.Alerts;

/// <param name="Id">Of this occurrence.</param>
/// <param name="Name">Which alert.</param>
/// <param name="Title">The same in English.</param>
/// <param name="Level">How bad it is.</param>
/// <param name="State"><c>open</c> or <c>ended</c>.</param>
/// <param name="Facts">What it is about, as it was at the last look.</param>
/// <param name="OpenedAt">Since when.</param>
/// <param name="ToldAt">When it was told the last time.</param>
/// <param name="EndedAt">Null while it lasts.</param>
/// <param name="Waiting">Posts to the webhook that were not taken yet.</param>
/// <param name="Problem">Why not.</param>
internal sealed record AlertView(
    Guid Id, string Name, string Title, AlertLevel Level, string State, IReadOnlyDictionary<string, string> Facts, Instant OpenedAt, Instant ToldAt, Instant? EndedAt, int Waiting, string? Problem)
{
    public static AlertView Of(AlertRow row, IEnumerable<AlertPostRow> posts)
    {
        var owed = posts.Where(p => p.AlertId == row.Id).ToList();
        return new AlertView(
            row.Id, row.Name, AlertNames.Titles.GetValueOrDefault(row.Name, row.Name), row.Level, row.EndedAt is null ? "open" : "ended", FactsOf(row), row.OpenedAt, row.ToldAt, Instant.From(row.EndedAt),
            owed.Count, owed.Find(p => p.Problem is not null)?.Problem);
    }

    public static IReadOnlyDictionary<string, string> FactsOf(AlertRow row) => JsonSerializer.Deserialize<Dictionary<string, string>>(row.Facts) ?? [];
}

internal static class ListAlerts
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/admin/alerts", ([AsParameters] Filters filters, [AsParameters] ListParameters list, HttpRequest request, IMediator mediator, CancellationToken ct) =>
                list.Answer(request, page => mediator.Send(new Query(filters, page), ct)))
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("What is wrong with the server, and what was")
            .WithDescription("The newest first. `state` is `open` or `ended`; both without it. `name` keeps those of one alert. Looked at once a minute; `waiting` and `problem` tell of the webhook. Ended ones are kept for 90 days.")
            .Produces<Page<AlertView>>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);

    internal sealed record Filters
    {
        [FromQuery]
        public string? State { get; init; }

        [FromQuery]
        public string? Name { get; init; }
    }

    public sealed record Query(Filters Filters, ListParameters List) : IRequest<Result<Page<AlertView>>>;

    internal sealed class Handler(AdminDb db) : IRequestHandler<Query, Result<Page<AlertView>>>
    {
        private static readonly SortOrders<AlertRow> Orders = new(a => a.Id, "openedAt");

        public async Task<Result<Page<AlertView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var rows = db.Alerts.AsNoTracking();
            switch (request.Filters.State)
            {
                case "open":
                    rows = rows.Where(a => a.EndedAt == null);
                    break;
                case "ended":
                    rows = rows.Where(a => a.EndedAt != null);
                    break;
                case not null:
                    return Error.Validation("state", "`state` is `open` or `ended`.");
            }

            if (request.Filters.Name is { } name)
            {
                if (!AlertNames.Titles.ContainsKey(name))
                {
                    return Error.Validation("name", $"`name` is one of {string.Join(", ", AlertNames.Titles.Keys.Order(StringComparer.Ordinal))}.");
                }

                rows = rows.Where(a => a.Name == name);
            }

            return await Orders.Page(rows, request.List, Show, cancellationToken);
        }

        private async Task<IReadOnlyList<AlertView>> Show(IReadOnlyList<AlertRow> rows, CancellationToken ct)
        {
            var ids = rows.Select(r => r.Id).ToList();
            var posts = await db.AlertPosts.AsNoTracking().Where(p => ids.Contains(p.AlertId)).OrderBy(p => p.Id).ToListAsync(ct);
            return [.. rows.Select(row => AlertView.Of(row, posts))];
        }
    }
}
