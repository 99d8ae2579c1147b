using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Admin;
using MediatR;

namespace ChatMonolith.Messaging.Administration;

internal sealed class BulkDeleteMessages(IMediator mediator) : IBulkAction
{
    public string Name => "messages.delete";

    public async Task<Error?> Apply(Actor actor, Guid id, CancellationToken ct) => (await mediator.Send(new RemoveMessage.Command(id, actor), ct)).Error;
}
