using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Admin;
using MediatR;

namespace ChatMonolith.Files.Administration;

internal sealed class BulkRevokeTransfers(IMediator mediator) : IBulkAction
{
    public string Name => "transfers.revoke";

    public async Task<Error?> Apply(Actor actor, Guid id, CancellationToken ct) => (await mediator.Send(new AdministerTransfers.Delete(id, actor), ct)).Error;
}
