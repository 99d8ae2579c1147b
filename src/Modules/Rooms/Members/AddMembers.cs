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
using Microsoft.Extensions.Options;

namespace ChatMonolith.Rooms.Members;

internal static class AddMembers
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/rooms/{id:id}/members", async (Guid id, Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(caller, id, body.UserIds), ct)).ToOk())
            .WithTags("Rooms")
            .WithSummary("Add people to a room")
            .WithDescription("Any member of a public room may; in a private one its owners and moderators. All come in or none; who is in already stays as they are. Answers the people named, as they are in the room now. Unknown or inactive people answer not_found.")
            .Produces<Items<MemberView>>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

    public sealed record Body(IReadOnlyList<Guid>? UserIds);

    public sealed record Command(Caller Caller, Guid RoomId, IReadOnlyList<Guid>? UserIds) : IRequest<Result<Items<MemberView>>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator(IOptions<RoomsOptions> options) =>
            RuleFor(c => c.UserIds).Must(ids => ids is not null && ids.Count >= 1 && ids.Count <= options.Value.MaxMembersPerAdd)
                .WithMessage($"Name 1 to {options.Value.MaxMembersPerAdd} people.");
    }

    internal sealed class Handler(IRoomAccess access, IRoomLog log, MembershipLog memberships, RoomLimits limits, IPeople people)
        : IRequestHandler<Command, Result<Items<MemberView>>>
    {
        public async Task<Result<Items<MemberView>>> Handle(Command request, CancellationToken cancellationToken)
        {
            var may = await access.May(request.RoomId, request.Caller.UserId, RoomAction.AddPeople, cancellationToken);
            if (!may.IsOk)
            {
                return may.Error;
            }

            Guid[] ids = [.. request.UserIds!.Distinct()];
            if ((await people.Active(ids, cancellationToken)).Count < ids.Length)
            {
                return RoomLimits.UnknownPeople;
            }

            var added = await Add(request, ids, await log.LastSeq(request.RoomId, cancellationToken), cancellationToken);
            return added.IsOk ? new Items<MemberView>(await MemberView.Of(people, added.Value, cancellationToken)) : added.Error;
        }

        private Task<Result<IReadOnlyList<RoomMember>>> Add(Command request, Guid[] ids, long lastSeq, CancellationToken cancellationToken) =>
            log.Commit<IReadOnlyList<RoomMember>>(
                async (tx, ct) =>
                {
                    var db = tx.Use<RoomsDb>();
                    var standing = await db.Standing(request.RoomId, request.Caller.UserId, RoomAction.AddPeople, ct);
                    if (!standing.IsOk)
                    {
                        return standing.Error;
                    }

                    var inside = await db.Members.AsNoTracking().Where(m => m.RoomId == request.RoomId && ids.Contains(m.UserId)).ToListAsync(ct);
                    Guid[] outside = [.. ids.Except(inside.Select(m => m.UserId))];
                    if (outside.Length > 0 && await limits.Refusal(db, outside, ct) is { } full)
                    {
                        return full;
                    }

                    if (outside.Length > 0)
                    {
                        await memberships.Add(tx, db, standing.Value.Room, [.. outside.Select(id => new Newcomer(id, RoomRole.Member))], request.Caller.UserId, lastSeq, ct);
                    }

                    return (RoomMember[])[.. inside, .. db.Members.Local.Where(m => outside.Contains(m.UserId))];
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
    }
}
