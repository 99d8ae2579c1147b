using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Admin;
using MediatR;

namespace ChatMonolith.Rooms.Administration;

internal sealed class BulkDeleteRooms(IMediator mediator) : IBulkAction
{
    public string Name => "rooms.delete";

    public async Task<Error?> Apply(Actor actor, Guid id, CancellationToken ct) => (await mediator.Send(new ChangeRoom.Delete(id, actor), ct)).Error;
}
