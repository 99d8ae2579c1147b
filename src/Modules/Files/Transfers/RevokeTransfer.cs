using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Files.Data;
using ChatMonolith.Files.Jobs;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files.Transfers;

internal static class RevokeTransfer
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapDelete("/transfers/{id:id}", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Command(id, caller), ct)).ToNoContent())
            .WithTags("Transfers").WithSummary("Take a transfer of one's own back")
            .WithDescription("Nobody opens it any more, tokens that were given out are void, and downloads that flow end. Taking it back twice changes nothing.")
            .Produces(204).ProducesProblem(403).ProducesProblem(404);

    public sealed record Command(Guid Id, Caller Caller) : IRequest<Result<Nothing>>;

    internal sealed class Handler(IRoomLog log, RunningDownloads running) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            var me = request.Caller.UserId;
            var revoked = await log.Commit<Nothing>(
                async (tx, ct) =>
                {
                    var db = tx.Use<FilesDb>();
                    if (await db.Transfers.SingleOrDefaultAsync(t => t.Id == request.Id, ct) is not { } transfer)
                    {
                        return Error.NotFound;
                    }

                    if (transfer.SenderId != me)
                    {
                        return await db.Recipients.AnyAsync(r => r.TransferId == transfer.Id && r.UserId == me, ct) && transfer.RevokedAt is null
                            ? Error.Forbidden("Only who sent a transfer takes it back.")
                            : Error.NotFound;
                    }

                    transfer.RevokedAt ??= tx.At;
                    await TransferEnd.Let(db, transfer, tx.At, ct);
                    return Nothing.Value;
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
            if (revoked.IsOk)
            {
                await running.Abort(request.Id);
            }

            return revoked;
        }
    }
}
