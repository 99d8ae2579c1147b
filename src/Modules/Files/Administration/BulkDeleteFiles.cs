using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Admin;
using MediatR;

namespace ChatMonolith.Files.Administration;

internal sealed class BulkDeleteFiles(IMediator mediator) : IBulkAction
{
    public string Name => "files.delete";

    public async Task<Error?> Apply(Actor actor, Guid id, CancellationToken ct) => (await mediator.Send(new AdministerFiles.Delete(id, actor), ct)).Error;
}
