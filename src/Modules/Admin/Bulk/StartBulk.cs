using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Admin;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Admin.Bulk;

internal static class StartBulk
{
    public const int MostIds = 1_000;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/admin/bulk", async (Body body, Actor actor, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(body.Action, body.Ids, actor), ct)).ToHttp(run => Results.Accepted($"/api/v1/admin/bulk/{run.Id}", run)))
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Do the same to many things")
            .WithDescription("`action` is `users.deactivate`, `users.activate`, `users.end-sessions`, `users.delete`, `rooms.delete`, `messages.delete`, `files.delete`, `transfers.revoke` or `tokens.end`; `ids` are 1 to 1,000. It goes on after the answer; `GET /admin/bulk/{id}` says how far it is. Needs a step-up.")
            .Produces<BulkView>(202).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(429);
        api.MapGet("/admin/bulk/{id:id}", (Guid id, BulkRuns runs) => runs.Find(id) is { } run ? Results.Ok(run.ToView()) : Error.NotFound.ToProblem())
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("How far an act on many is").Produces<BulkView>().ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        api.MapDelete("/admin/bulk/{id:id}", (Guid id, BulkRuns runs) =>
            {
                var run = runs.Find(id);
                run?.Stop();
                return run is null ? Error.NotFound.ToProblem() : Results.NoContent();
            })
            .RequireAuthorization(Policies.Admin).WithTags("Admin").WithSummary("Stop an act on many").WithDescription("After the one at hand; what is done stays done.").Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
    }

    public sealed record Body(string? Action, IReadOnlyList<Guid>? Ids);

    public sealed record Command(string? Action, IReadOnlyList<Guid>? Ids, Actor Actor) : IRequest<Result<BulkView>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Ids).Must(i => i is { Count: > 0 and <= MostIds } && i.Distinct().Count() == i.Count).WithMessage($"Give 1 to {MostIds} ids, each once.");
    }

    internal sealed class Handler(BulkRuns runs, IEnumerable<IBulkAction> actions) : IRequestHandler<Command, Result<BulkView>>
    {
        public Task<Result<BulkView>> Handle(Command request, CancellationToken cancellationToken)
        {
            Result<BulkView> answer = actions.All(a => a.Name != request.Action) ? Error.Validation("action", $"`action` is one of {string.Join(", ", actions.Select(a => a.Name).Order(StringComparer.Ordinal))}.")
                : runs.Start(request.Action!, request.Ids!, request.Actor) is { } run ? run.ToView()
                : Error.RateLimited(TimeSpan.FromSeconds(5));
            return Task.FromResult(answer);
        }
    }
}
