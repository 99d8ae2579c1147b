using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Rooms;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Rooms;

internal static class GetRoom
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/rooms/{id:id}", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(caller, id), ct)).ToOk())
            .WithTags("Rooms")
            .WithSummary("One room")
            .WithDescription("A public room also shows itself to those who have not joined it, with role null and nothing of what is said in it.")
            .Produces<MyRoomView>()
            .ProducesProblem(StatusCodes.Status404NotFound);

    public sealed record Query(Caller Caller, Guid RoomId) : IRequest<Result<MyRoomView>>;

    internal sealed class Handler(MyRooms mine) : IRequestHandler<Query, Result<MyRoomView>>
    {
        public Task<Result<MyRoomView>> Handle(Query request, CancellationToken cancellationToken) =>
            mine.One(request.RoomId, request.Caller.UserId, cancellationToken);
    }
}
