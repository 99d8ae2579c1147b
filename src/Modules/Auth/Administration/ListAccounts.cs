using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Listing;
using ChatMonolith.Contracts.Auth;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Administration;

internal static class ListAccounts
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/admin/users", ([AsParameters] Filters filters, [AsParameters] ListParameters list, HttpRequest request, IMediator mediator, CancellationToken ct) =>
                list.Answer(request, page => mediator.Send(new Query(filters, page), ct)))
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("All accounts")
            .WithDescription("`query` finds parts of usernames, display names and addresses. Filters: `role`, `active`, `bot`. `sort`: `createdAt`, `username`, `displayName`, with `-` before it the other way round. `format=csv` answers the whole list.")
            .Produces<Page<AdminUserView>>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);
        api.MapGet("/admin/users/{id:id}", async (Guid id, IMediator mediator, CancellationToken ct) => (await mediator.Send(new One(id), ct)).ToOk())
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("An account").Produces<AdminUserView>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
    }

    internal sealed record Filters
    {
        /// <summary><c>admin</c>, <c>member</c> or <c>guest</c>.</summary>
        [FromQuery]
        public string? Role { get; init; }

        [FromQuery]
        public bool? Active { get; init; }

        [FromQuery]
        public bool? Bot { get; init; }
    }

    public sealed record Query(Filters Filters, ListParameters List) : IRequest<Result<Page<AdminUserView>>>;

    public sealed record One(Guid Id) : IRequest<Result<AdminUserView>>;

    internal sealed class Handler(AuthDb db) : IRequestHandler<Query, Result<Page<AdminUserView>>>, IRequestHandler<One, Result<AdminUserView>>
    {
        private static readonly SortOrders<Account> Orders = new SortOrders<Account>(a => a.Id).By("username", a => a.UserName!).By("displayName", a => a.DisplayNameKey);

        public async Task<Result<Page<AdminUserView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var rows = db.Accounts.AsNoTracking();
            if (request.Filters.Role is { } name)
            {
                if (!Enum.TryParse<ServerRole>(name, ignoreCase: true, out var role) || !name.All(char.IsAsciiLetterLower))
                {
                    return Error.Validation("role", "`role` is `admin`, `member` or `guest`.");
                }

                rows = rows.Where(a => a.Role == role);
            }

            if (request.Filters.Active is { } active)
            {
                rows = rows.Where(a => a.IsActive == active);
            }

            if (request.Filters.Bot is { } bot)
            {
                rows = rows.Where(a => a.IsBot == bot);
            }

            if (request.List.Sought is { } sought)
            {
                rows = rows.Where(a => a.UserName!.Contains(sought) || a.DisplayNameKey.Contains(sought) || a.NormalizedEmail!.Contains(sought));
            }

            return await Orders.Page(rows, request.List, (page, ct) => AdminUserView.Of(db, page, ct), cancellationToken);
        }

        public async Task<Result<AdminUserView>> Handle(One request, CancellationToken cancellationToken) =>
            await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.Id == request.Id, cancellationToken) is { } account
                ? (await AdminUserView.Of(db, [account], cancellationToken))[0]
                : Error.NotFound;
    }
}
