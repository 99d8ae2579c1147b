using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Storage;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Rooms.Presence;

internal static class GetPresence
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapGet("/users/{id:id}/presence", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(caller, id), ct)).ToOk())
            .WithTags("Users")
            .WithSummary("Whether a person is here")
            .WithDescription("Of oneself, and of people with whom one shares a room; others answer not_found. Who is invisible shows as offline.")
            .Produces<Answer>()
            .ProducesProblem(StatusCodes.Status404NotFound);

    public sealed record Query(Caller Caller, Guid UserId) : IRequest<Result<Answer>>;

    public sealed record Answer(VisibleStatus Status, Instant? LastSeenAt);

    internal sealed class Handler(RoomsDb db, IRoomAccess access, PresenceBoard board) : IRequestHandler<Query, Result<Answer>>
    {
        public async Task<Result<Answer>> Handle(Query request, CancellationToken cancellationToken)
        {
            var stored = await db.StoredPresence([request.UserId], cancellationToken);
            if (request.UserId != request.Caller.UserId && (await access.SharingARoom(request.Caller.UserId, [request.UserId], cancellationToken)).Count == 0)
            {
                return Error.NotFound;
            }

            PresenceView? view = null;
            board.Show([request.UserId], stored, shown => view = shown[0]);
            return new Answer(view!.Status, view.LastSeenAt);
        }
    }
}
