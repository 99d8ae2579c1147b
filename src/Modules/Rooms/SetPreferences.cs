using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Access;
using ChatMonolith.Rooms.Storage;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Rooms;

internal static class SetPreferences
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPut("/rooms/{id:id}/preferences", async (Guid id, Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(caller, id, body.Muted, body.Notify), ct)).ToNoContent())
            .WithTags("Rooms")
            .WithSummary("Say of what in a room one wants to hear")
            .WithDescription("muted: of nothing. notify: of mentions (the default), or of all messages. What is left out stays. The own devices are told by room.preferences.")
            .Produces(StatusCodes.Status204NoContent)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound);

    public sealed record Body(bool? Muted, RoomNotify? Notify);

    public sealed record Command(Caller Caller, Guid RoomId, bool? Muted, RoomNotify? Notify) : IRequest<Result<Nothing>>;

    private sealed record Preferences(Guid RoomId, bool Muted, RoomNotify Notify);

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Muted).NotNull().When(c => c.Notify is null).WithMessage("Say whether the room is muted.");
    }

    internal sealed class Handler(IRoomAccess access, IRoomLog log, MembershipCache cache) : IRequestHandler<Command, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            var member = await access.Member(request.RoomId, request.Caller.UserId, cancellationToken);
            return member.IsOk ? await Set(request, cancellationToken) : member.Error;
        }

        private Task<Result<Nothing>> Set(Command request, CancellationToken cancellationToken) =>
            log.Commit<Nothing>(
                async (tx, ct) =>
                {
                    var db = tx.Use<RoomsDb>();
                    var standing = await db.Standing(request.RoomId, request.Caller.UserId, ct);
                    if (!standing.IsOk)
                    {
                        return standing.Error;
                    }

                    var me = standing.Value.Me;
                    var (muted, notify) = (request.Muted ?? me.Muted, request.Notify ?? me.Notify ?? RoomNotify.Mentions);
                    if (me.Muted != muted || (me.Notify ?? RoomNotify.Mentions) != notify)
                    {
                        (me.Muted, me.Notify) = (muted, notify);
                        await db.SaveChangesAsync(ct);
                        if (notify is RoomNotify.All)
                        {
                            tx.OnCommitted(() => cache.Apply(request.RoomId, r => r.SetSomeWantAll()));
                            tx.Changed(request.RoomId);
                        }

                        await tx.AppendUser(me.UserId, "room.preferences", new Preferences(request.RoomId, muted, notify), ct);
                    }

                    return Nothing.Value;
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
    }
}
