using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Rooms;
using MediatR;
using Microsoft.Extensions.DependencyInjection;

namespace ChatMonolith.Rooms;

internal sealed class DirectRooms(IServiceScopeFactory scopes) : IDirectRooms
{
    public async Task<Result<Guid>> Open(Caller caller, Guid peerId, CancellationToken ct)
    {
        await using var scope = scopes.CreateAsyncScope();
        var made = await scope.ServiceProvider.GetRequiredService<IMediator>()
            .Send(new CreateRoom.Command(caller, RoomType.Direct, Name: null, Topic: null, [peerId]), ct);
        return made.Map(m => m.Room.Id);
    }
}
