using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace ChatMonolith.Backups;

/// <summary>Makes a backup now; it goes on when the caller has gone.</summary>
internal static class StartBackup
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/admin/backups", async (IMediator mediator, CancellationToken ct) => (await mediator.Send(new Command(), ct)).ToHttp(_ => Results.Accepted("/api/v1/admin/backups")))
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Make a backup now")
            .WithDescription("`GET /admin/backups` shows how far it is and how it ended. `conflict` while another work is running, or where no place for backups is set. Needs a step-up.")
            .Produces(202).ProducesProblem(401).ProducesProblem(403).ProducesProblem(409);

    public sealed record Command : IRequest<Result<Nothing>>;

    internal sealed class Handler(BackupRounds rounds, IHostApplicationLifetime lifetime) : IRequestHandler<Command, Result<Nothing>>
    {
        public Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken) => Task.FromResult(BackgroundWork.Begin(rounds, () => rounds.MakeBackup("request", lifetime.ApplicationStopping)));
    }
}

/// <summary>Works that outlive the request that began them.</summary>
internal static class BackgroundWork
{
    public static Result<Nothing> Begin(BackupRounds rounds, Func<Task> work)
    {
        if (!rounds.Options.Works)
        {
            return Error.Conflict("No place for backups is set. The operator sets Backup:Provider.", ConflictReasons.NoBackupPlace);
        }

        if (rounds.Running is not null)
        {
            return BackupRounds.Busy;
        }

        // Its end, good or bad, is in its report.
        _ = Task.Run(work);
        return Nothing.Value;
    }
}
