using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Leaving;

/// <summary>Hands the copy over, to the first who asks; its bytes go with that.</summary>
internal static class FetchExport
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/users/me/export/content", async (Caller caller, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(caller), ct)).ToHttp(stream => Results.Stream(stream, "application/zip", "my-data.zip")))
            .RequireAuthorization(Policies.StepUp).WithTags("Users").WithSummary("Fetch the copy of my data, once")
            .WithDescription("`gone` when it was fetched before, `not_found` while there is none. Needs a step-up.")
            .Produces(200, contentType: "application/zip").ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(410);

    public sealed record Command(Caller Caller) : IRequest<Result<Stream>>;

    internal sealed class Handler(AuthDb db, ExportFiles files) : IRequestHandler<Command, Result<Stream>>
    {
        public async Task<Result<Stream>> Handle(Command request, CancellationToken cancellationToken)
        {
            var newest = await db.Exports.AsNoTracking().Where(e => e.AccountId == request.Caller.UserId).OrderByDescending(e => e.Id).FirstOrDefaultAsync(cancellationToken);
            if (newest is null or { State: ExportState.Asked or ExportState.Failed })
            {
                return Error.NotFound;
            }

            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var taken = await db.Exports.Where(e => e.Id == newest.Id && e.State == ExportState.Ready).ExecuteUpdateAsync(set => set.SetProperty(e => e.State, ExportState.Fetched), cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            return taken == 1 && File.Exists(files.PathOf(newest.Id))
                ? new FileStream(files.PathOf(newest.Id), FileMode.Open, FileAccess.Read, FileShare.None, bufferSize: 81920, FileOptions.Asynchronous | FileOptions.DeleteOnClose)
                : new Error(ErrorCodes.Gone, "This copy was fetched already. Ask for another.");
        }
    }
}
