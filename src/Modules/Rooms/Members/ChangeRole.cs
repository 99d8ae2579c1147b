using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Access;
using ChatMonolith.Rooms.Storage;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Rooms.Members;

internal static class ChangeRole
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch("/rooms/{id:id}/members/{userId:id}", async (Guid id, Guid userId, Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(caller, id, userId, body.Role), ct)).ToOk())
            .WithTags("Rooms")
            .WithSummary("Change what a member is in a room")
            .WithDescription("An owner's act. To hand a room over, make another member an owner and then take a lesser role or leave. The last owner keeps the role (conflict).")
            .Produces<MemberView>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

    public sealed record Body(RoomRole? Role);

    public sealed record Command(Caller Caller, Guid RoomId, Guid UserId, RoomRole? Role) : IRequest<Result<MemberView>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Role).NotNull().WithMessage("Name the role: owner, moderator or member.");
    }

    internal sealed class Handler(IRoomAccess access, IRoomLog log, MembershipLog memberships, IPeople people) : IRequestHandler<Command, Result<MemberView>>
    {
        public async Task<Result<MemberView>> Handle(Command request, CancellationToken cancellationToken)
        {
            var may = await access.May(request.RoomId, request.Caller.UserId, RoomAction.ChangeRoles, cancellationToken);
            if (!may.IsOk)
            {
                return may.Error;
            }

            var changed = await Change(request, cancellationToken);
            if (!changed.IsOk)
            {
                return changed.Error;
            }

            var views = await MemberView.Of(people, [changed.Value], cancellationToken);
            return views.Count == 1 ? views[0] : Error.NotFound;
        }

        private Task<Result<RoomMember>> Change(Command request, CancellationToken cancellationToken) =>
            log.Commit<RoomMember>(
                async (tx, ct) =>
                {
                    var db = tx.Use<RoomsDb>();
                    var standing = await db.Standing(request.RoomId, request.Caller.UserId, RoomAction.ChangeRoles, ct);
                    if (!standing.IsOk)
                    {
                        return standing.Error;
                    }

                    var member = await db.Members.SingleOrDefaultAsync(m => m.RoomId == request.RoomId && m.UserId == request.UserId, ct);
                    if (member is null)
                    {
                        return Error.NotFound;
                    }

                    if (member.Role == request.Role)
                    {
                        return member;
                    }

                    if (await db.IsLastOwner(member, ct))
                    {
                        return Error.Conflict("This is the last owner of the room. Make somebody else an owner first.", ConflictReasons.LastOwner);
                    }

                    await memberships.SetRole(tx, db, member, request.Role!.Value, request.Caller.UserId, ct);
                    return member;
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
    }
}
