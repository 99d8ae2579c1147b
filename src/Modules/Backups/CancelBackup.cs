using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Backups;

/// <summary>Ends the backup, verification or drill that is running.</summary>
internal static class CancelBackup
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/admin/backups/cancel", async (IMediator mediator, CancellationToken ct) => (await mediator.Send(new Command(), ct)).ToHttp(_ => Results.NoContent()))
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("End the running backup, verification or drill")
            .WithDescription("A backup that is cancelled publishes nothing; earlier ones are not touched. `conflict` when nothing is running. Needs a step-up.")
            .Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(409);

    public sealed record Command : IRequest<Result<Nothing>>;

    internal sealed class Handler(BackupRounds rounds) : IRequestHandler<Command, Result<Nothing>>
    {
        public Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken) =>
            Task.FromResult<Result<Nothing>>(rounds.Cancel() ? Nothing.Value : Error.Conflict("Nothing is running.", ConflictReasons.NothingRuns));
    }
}
