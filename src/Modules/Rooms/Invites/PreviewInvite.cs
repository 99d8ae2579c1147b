using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Storage;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Rooms.Invites;

internal static class PreviewInvite
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/invites/preview", async (Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(caller, body.Code), ct)).ToOk())
            .WithTags("Rooms")
            .WithSummary("Which room an invitation leads to, without taking a use of it")
            .WithDescription("not_found for a code that is unknown or revoked, gone for one that has expired or is used up.")
            .Produces<Answer>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status410Gone);

    public sealed record Body(string? Code);

    public sealed record Query(Caller Caller, string? Code) : IRequest<Result<Answer>>;

    /// <param name="Room">The room, without what is personal.</param>
    /// <param name="InvitedBy">Who made the invitation.</param>
    /// <param name="ExpiresAt">When it ends; null when it does not.</param>
    /// <param name="Joined">Whether the caller is in the room already.</param>
    public sealed record Answer(RoomView Room, UserView? InvitedBy, Instant? ExpiresAt, bool Joined);

    internal sealed class Validator : AbstractValidator<Query>
    {
        public Validator() => RuleFor(q => q.Code).InviteCode();
    }

    internal sealed class Handler(RoomsDb db, IRoomLog log, IPeople people, TimeProvider time) : IRequestHandler<Query, Result<Answer>>
    {
        public async Task<Result<Answer>> Handle(Query request, CancellationToken cancellationToken)
        {
            var found = await InviteCodes.Find(db, request.Code!, time.Now(), cancellationToken);
            if (!found.IsOk)
            {
                return found.Error;
            }

            var (invite, room) = found.Value;
            var joined = await db.Members.AnyAsync(m => m.RoomId == room.Id && m.UserId == request.Caller.UserId, cancellationToken);
            var makers = await people.Find([invite.CreatedBy], cancellationToken);
            var view = room.ToView(await log.LastSeq(room.Id, cancellationToken));
            return new Answer(view, makers.GetValueOrDefault(invite.CreatedBy), Instant.From(invite.ExpiresAt), joined);
        }
    }
}
