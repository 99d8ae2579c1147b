using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Pictures;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Rooms.Access;
using ChatMonolith.Rooms.Storage;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Rooms;

/// <summary>Sets or removes a room's picture.</summary>
internal static class SetRoomAvatar
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPut("/rooms/{id:id}/avatar", async (Guid id, HttpRequest request, Caller caller, IRoomAccess access, IMediator mediator, CancellationToken ct) =>
            {
                // Before the body is read: a stranger's picture is not worth reading.
                var may = await access.May(id, caller.UserId, RoomAction.Edit, ct);
                var picture = may.IsOk ? await request.ReadPicture(ct) : may.Error;
                return picture.IsOk ? (await mediator.Send(new Command(caller, id, picture.Value), ct)).ToOk() : picture.Error.ToProblem();
            })
            .TakesPicture().WithTags("Rooms").WithSummary("Set a room's picture")
            .WithDescription("For its owners and moderators. The body is the file: PNG, JPEG, WebP or GIF (its first image), at most 2 MiB and 4,096 pixels a side; the kind is found by its signature, and everything in it but the picture is left out.")
            .Produces<MyRoomView>().ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(413).ProducesProblem(415);
        api.MapDelete("/rooms/{id:id}/avatar", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(caller, id, Picture: null), ct)).ToOk())
            .WithTags("Rooms").WithSummary("Remove a room's picture").Produces<MyRoomView>().ProducesProblem(403).ProducesProblem(404);
    }

    public sealed record Command(Caller Caller, Guid RoomId, Picture? Picture) : IRequest<Result<MyRoomView>>;

    internal sealed class Handler(IRoomAccess access, IRoomLog log, MyRooms mine) : IRequestHandler<Command, Result<MyRoomView>>
    {
        public async Task<Result<MyRoomView>> Handle(Command request, CancellationToken cancellationToken)
        {
            var may = await access.May(request.RoomId, request.Caller.UserId, RoomAction.Edit, cancellationToken);
            var done = may.IsOk ? await Set(request, cancellationToken) : may.Error;
            return done.IsOk ? await mine.One(request.RoomId, request.Caller.UserId, cancellationToken) : done.Error;
        }

        private Task<Result<Nothing>> Set(Command request, CancellationToken cancellationToken) =>
            log.Commit<Nothing>(
                async (tx, ct) =>
                {
                    var db = tx.Use<RoomsDb>();
                    var standing = await db.Standing(request.RoomId, request.Caller.UserId, RoomAction.Edit, ct);
                    if (!standing.IsOk)
                    {
                        return standing.Error;
                    }

                    var room = standing.Value.Room;
                    if (room.AvatarVersion == request.Picture?.Version)
                    {
                        return Nothing.Value;
                    }

                    await db.Avatars.Where(a => a.RoomId == room.Id).ExecuteDeleteAsync(ct);
                    room.AvatarVersion = request.Picture?.Version;
                    if (request.Picture is { } picture)
                    {
                        db.Avatars.Add(new RoomAvatar { RoomId = room.Id, Version = picture.Version, ContentType = picture.ContentType, Bytes = picture.Bytes });
                    }

                    await db.SaveChangesAsync(ct);
                    await tx.Append(room.Id, new LogEntry(LogEntryType.RoomUpdated, request.Caller.UserId, Room: room.ToView(lastSeq: 0)), ct);
                    return Nothing.Value;
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
    }
}
