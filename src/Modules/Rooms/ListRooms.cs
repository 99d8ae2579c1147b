using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Rooms;

internal static class ListRooms
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/rooms", async (Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(caller), ct)).ToOk())
            .WithTags("Rooms")
            .WithSummary("The caller's rooms, the most recently active first")
            .WithDescription("Answered whole. The list is at least as new as userSeq: follow the own log from there.")
            .Produces<Answer>();

    public sealed record Query(Caller Caller) : IRequest<Result<Answer>>;

    public sealed record Answer(IReadOnlyList<MyRoomView> Items, long UserSeq);

    internal sealed class Handler(MyRooms mine, IRoomSummaries summaries) : IRequestHandler<Query, Result<Answer>>
    {
        public async Task<Result<Answer>> Handle(Query request, CancellationToken cancellationToken)
        {
            // The number first: what happens while the rooms are read is told again by the log, and is applied twice without harm.
            var userSeq = await summaries.UserSeq(request.Caller.UserId, cancellationToken);
            return new Answer(await mine.All(request.Caller.UserId, cancellationToken), userSeq);
        }
    }
}
