using ChatMonolith.Backups.Stores;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Hosting;

namespace ChatMonolith.Backups;

/// <summary>Reads a backup whole and compares it with what was signed.</summary>
internal static class VerifyBackup
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/admin/backups/{id:id}/verify", async (Guid id, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Command(id), ct)).ToHttp(_ => Results.Accepted("/api/v1/admin/backups")))
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Verify a backup")
            .WithDescription("`last.verification` of `GET /admin/backups` says how it ended, and whether it was also decrypted. `conflict` while another work is running. Needs a step-up.")
            .Produces(202).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);

    public sealed record Command(Guid Id) : IRequest<Result<Nothing>>;

    internal sealed class Handler(BackupRounds rounds, IHostApplicationLifetime lifetime, TimeProvider time) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (!rounds.Options.Works)
            {
                return Error.NotFound;
            }

            using var store = rounds.Options.Open(time);
            return await store.Length(StoreNames.OfPoint(request.Id), cancellationToken) is null
                ? Error.NotFound
                : BackgroundWork.Begin(rounds, () => rounds.Verify(request.Id, lifetime.ApplicationStopping));
        }
    }
}
