using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Auth;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Bots;

/// <summary>The accounts of programs, those of hooks and commands too, in the order in which they were made.</summary>
internal static class ListBots
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/admin/bots", async (int? limit, string? cursor, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Query(limit ?? Page<UserView>.DefaultLimit, cursor), ct)).ToOk())
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("Bots").WithDescription("In the order in which they were made. Never their tokens: those were shown once.")
            .Produces<Page<UserView>>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403);

    public sealed record Query(int Limit, string? Cursor) : IRequest<Result<Page<UserView>>>;

    internal sealed class Validator : AbstractValidator<Query>
    {
        public Validator()
        {
            RuleFor(q => q.Limit).InclusiveBetween(1, Page<UserView>.MaxLimit);
            RuleFor(q => q.Cursor).Must(c => Guid.TryParseExact(c, "N", out _)).When(q => q.Cursor is not null).WithMessage("This cursor was not given out by this list.");
        }
    }

    internal sealed class Handler(AuthDb db) : IRequestHandler<Query, Result<Page<UserView>>>
    {
        public async Task<Result<Page<UserView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var bots = db.Accounts.AsNoTracking().Where(a => a.IsBot && a.IsActive);
            if (request.Cursor is not null)
            {
                var after = Guid.ParseExact(request.Cursor, "N");
                bots = bots.Where(a => a.Id.CompareTo(after) > 0);
            }

            var found = await bots.OrderBy(a => a.Id).Take(request.Limit + 1).ToListAsync(cancellationToken);
            var items = found.Take(request.Limit).Select(a => a.ToView()).ToList();
            return new Page<UserView>(items, found.Count > request.Limit ? items[^1].Id.ToString("N") : null);
        }
    }
}
