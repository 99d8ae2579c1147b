using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Persistence;
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
using Microsoft.Extensions.Options;

namespace ChatMonolith.Rooms;

internal static class CreateRoom
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/rooms", async (Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(caller, body.Type, body.Name, body.Topic, body.MemberIds), ct))
                .ToHttp(made => made.IsNew ? Results.Created($"/api/v1/rooms/{made.Room.Id}", made.Room) : Results.Ok(made.Room)))
            .WithTags("Rooms")
            .WithSummary("Make a room, or get the direct room with a person")
            .WithDescription("A public or private room needs a name; its maker owns it. A direct room takes exactly one other person in memberIds, and there is one for each pair: asked for again, by whichever of the two, it is answered with 200. Unknown or inactive people answer not_found. A guest gets direct rooms with the people of their rooms only (forbidden, not_found).")
            .Produces<MyRoomView>(StatusCodes.Status201Created)
            .Produces<MyRoomView>()
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

    public sealed record Body(RoomType? Type, string? Name, string? Topic, IReadOnlyList<Guid>? MemberIds);

    public sealed record Command(Caller Caller, RoomType? Type, string? Name, string? Topic, IReadOnlyList<Guid>? MemberIds) : IRequest<Result<Made>>
    {
        /// <summary>The people besides the caller, each once.</summary>
        public IReadOnlyList<Guid> Others => [.. (MemberIds ?? []).Where(id => id != Caller.UserId).Distinct()];
    }

    public sealed record Made(MyRoomView Room, bool IsNew);

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator(IOptions<RoomsOptions> options)
        {
            RuleFor(c => c.Type).NotNull().WithMessage("Say whether the room is public, private or direct.");
            RuleFor(c => c.Name).RoomName().When(c => c.Type is not RoomType.Direct);
            RuleFor(c => c.Topic).Topic();
            RuleFor(c => c.MemberIds).Must(ids => ids is null || ids.Count <= options.Value.MaxMembersPerAdd)
                .WithMessage($"Name at most {options.Value.MaxMembersPerAdd} people; add the others afterwards.");
            RuleFor(c => c.MemberIds).Must((c, _) => c.Others.Count == 1).When(c => c.Type is RoomType.Direct)
                .WithMessage("A direct room is made with exactly one other person.");
        }
    }

    internal sealed class Handler(RoomsDb rooms, IRoomLog log, MembershipLog memberships, MyRooms mine, IPeople people, RoomLimits limits, IRoomAccess access)
        : IRequestHandler<Command, Result<Made>>
    {
        public async Task<Result<Made>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (request.Caller.IsGuest && await RefuseGuest(request, cancellationToken) is { } refusal)
            {
                return refusal;
            }

            return request.Type is RoomType.Direct ? await Direct(request, cancellationToken) : await Group(request, cancellationToken);
        }

        /// <summary>A guest speaks with the people of their rooms, and makes none.</summary>
        private async Task<Error?> RefuseGuest(Command request, CancellationToken ct) => request.Type switch
        {
            not RoomType.Direct => Error.Forbidden("A guest makes no rooms."),
            _ when (await access.SharingARoom(request.Caller.UserId, request.Others, ct)).Count == 0 => RoomLimits.UnknownPeople,
            _ => null,
        };

        private async Task<Result<Made>> Group(Command request, CancellationToken ct)
        {
            if (await AllActive(request.Others, ct) is { } unknown)
            {
                return unknown;
            }

            var made = await log.Commit<Guid>(
                async (tx, token) =>
                {
                    var db = tx.Use<RoomsDb>();
                    if (await limits.Refusal(db, [request.Caller.UserId, .. request.Others], token) is { } full)
                    {
                        return full;
                    }

                    var room = Room.Create(request.Type!.Value, request.Name!.Trim(), request.Topic?.Trim(), request.Caller.UserId, tx.At);
                    Newcomer[] newcomers = [new(request.Caller.UserId, RoomRole.Owner), .. request.Others.Select(id => new Newcomer(id, RoomRole.Member))];
                    await memberships.Create(tx, db, room, newcomers, request.Caller.UserId, token);
                    return room.Id;
                },
                new CommitOrigin(request.Caller.SessionId),
                ct);
            return await Answer(made, request.Caller.UserId, isNew: true, ct);
        }

        private async Task<Result<Made>> Direct(Command request, CancellationToken ct)
        {
            var me = request.Caller.UserId;
            var peer = request.Others[0];
            var key = PairKey.Of(me, peer);
            if (await Existing(rooms, key, ct) is { } existing)
            {
                return await Answer(existing, me, isNew: false, ct);
            }

            if (await AllActive([peer], ct) is { } unknown)
            {
                return unknown;
            }

            var users = await people.Find([me, peer], ct);
            var made = await log.Commit<(Guid Id, bool IsNew)>(
                async (tx, token) =>
                {
                    var db = tx.Use<RoomsDb>();
                    if (await Existing(db, key, token) is { } other)
                    {
                        return (other, false);
                    }

                    if (await limits.Refusal(db, [me, peer], token) is { } full)
                    {
                        return full;
                    }

                    var room = Room.Create(RoomType.Direct, name: null, topic: null, me, tx.At, key);
                    Newcomer[] both = [new(me, RoomRole.Owner, users.GetValueOrDefault(peer)), new(peer, RoomRole.Owner, users.GetValueOrDefault(me))];
                    try
                    {
                        await memberships.Create(tx, db, room, both, me, token);
                    }
                    catch (DbUpdateException e) when (DatabaseFailures.IsDuplicate(e))
                    {
                        // Another node made it in the same moment; its commit is there for the next try.
                        return Error.Unavailable("The room is being made just now. Try again.");
                    }

                    return (room.Id, true);
                },
                new CommitOrigin(request.Caller.SessionId),
                ct);
            return made.IsOk ? await Answer(made.Value.Id, me, made.Value.IsNew, ct) : made.Error;
        }

        private static async Task<Guid?> Existing(RoomsDb db, byte[] key, CancellationToken ct) =>
            await db.Rooms.Where(r => r.PairKey == key).Select(r => (Guid?)r.Id).SingleOrDefaultAsync(ct);

        private async Task<Error?> AllActive(IReadOnlyList<Guid> ids, CancellationToken ct) =>
            ids.Count == 0 || (await people.Active(ids, ct)).Count == ids.Count ? null : RoomLimits.UnknownPeople;

        private async Task<Result<Made>> Answer(Result<Guid> roomId, Guid userId, bool isNew, CancellationToken ct)
        {
            var view = roomId.IsOk ? await mine.One(roomId.Value, userId, ct) : roomId.Error;
            return view.Map(room => new Made(room, isNew));
        }
    }
}
