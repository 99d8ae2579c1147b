using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Admin;
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

namespace ChatMonolith.Rooms.Administration;

/// <summary>What an admin does to a room that they need not be in. Its members hear of it as of any other change.</summary>
internal static class ChangeRoom
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPatch("/admin/rooms/{id:id}", async (Guid id, Body body, Actor actor, IMediator mediator, CancellationToken ct) =>
            {
                var changed = await mediator.Send(new Command(id, body.Name, body.Topic, body.SlowModeSeconds, body.RetentionDays, actor), ct);
                return changed.IsOk ? (await mediator.Send(new AdministerRooms.One(id), ct)).ToOk() : changed.Error.ToProblem();
            })
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Change a room's name, topic, slow mode or retention")
            .WithDescription("Members left out stay as they are. Direct rooms have none of these (`forbidden`), general keeps its name. Needs a step-up.")
            .Produces<AdminRoomView>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
        api.MapDelete("/admin/rooms/{id:id}", async (Guid id, Actor actor, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Delete(id, actor), ct)).ToNoContent())
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Delete a room and all that is in it")
            .WithDescription("It is gone for everybody when the answer comes; `general` cannot be deleted (`forbidden`). Needs a step-up.").Produces(204).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);
    }

    public sealed record Body(string? Name, string? Topic, int? SlowModeSeconds, int? RetentionDays);

    public sealed record Command(Guid RoomId, string? Name, string? Topic, int? SlowModeSeconds, int? RetentionDays, Actor Actor) : IRequest<Result<Nothing>>;

    public sealed record Delete(Guid RoomId, Actor Actor) : IRequest<Result<Nothing>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Name).RoomName().When(c => c.Name is not null);
            RuleFor(c => c.Topic).Topic();
            RuleFor(c => c.SlowModeSeconds).InclusiveBetween(0, RoomText.MaxSlowModeSeconds).WithMessage($"Slow mode is 0 to {RoomText.MaxSlowModeSeconds} seconds.");
            RuleFor(c => c.RetentionDays).InclusiveBetween(0, RoomText.MaxRetentionDays).WithMessage($"Retention is 0 (for ever) to {RoomText.MaxRetentionDays} days.");
        }
    }

    internal sealed class Handler(IRoomLog log, MembershipLog memberships, MembershipCache cache, IRoomAccess access, IAuditLog audit)
        : IRequestHandler<Command, Result<Nothing>>, IRequestHandler<Delete, Result<Nothing>>
    {
        public async Task<Result<Nothing>> Handle(Command request, CancellationToken cancellationToken)
        {
            await access.Load(request.RoomId, cancellationToken);
            return await log.Commit<Nothing>((tx, ct) => Change(tx, request, ct), new CommitOrigin(request.Actor.SessionId), cancellationToken);
        }

        public Task<Result<Nothing>> Handle(Delete request, CancellationToken cancellationToken) => log.Commit<Nothing>(
            async (tx, ct) =>
            {
                var db = tx.Use<RoomsDb>();
                if (await db.LockRoom(request.RoomId, ct) is not { } room)
                {
                    return Error.NotFound;
                }

                if (room.IsGeneral)
                {
                    return Error.Forbidden("This room is in every installation and cannot be deleted.");
                }

                await audit.Append(db, AuditEvent.By(request.Actor, "room.deleted", "room", room.Id, ("name", room.Name ?? ""), ("members", $"{room.MemberCount}")), ct);
                await memberships.Delete(tx, db, room, ct);
                return Nothing.Value;
            },
            new CommitOrigin(request.Actor.SessionId),
            cancellationToken);

        private async Task<Result<Nothing>> Change(ILogTransaction tx, Command request, CancellationToken ct)
        {
            var db = tx.Use<RoomsDb>();
            if (await db.LockRoom(request.RoomId, ct) is not { } room)
            {
                return Error.NotFound;
            }

            if (room.Type is RoomType.Direct || (room.IsGeneral && request.Name is not null && request.Name.Trim() != room.Name))
            {
                return Error.Forbidden(room.IsGeneral ? "This room is in every installation under this name." : "A direct room is its two people's.");
            }

            if (request.Name is not null)
            {
                room.Rename(request.Name.Trim());
            }

            room.Topic = request.Topic?.Trim() ?? room.Topic;
            room.SlowModeSeconds = request.SlowModeSeconds ?? room.SlowModeSeconds;
            room.RetentionDays = request.RetentionDays ?? room.RetentionDays;
            if (!db.ChangeTracker.HasChanges())
            {
                return Nothing.Value;
            }

            var changed = db.Entry(room).Properties.Where(p => p.IsModified && p.Metadata.Name != nameof(Room.NameKey)).Select(p => (p.Metadata.Name, $"{p.OriginalValue} → {p.CurrentValue}")).ToArray();
            await db.SaveChangesAsync(ct);
            await audit.Append(db, AuditEvent.By(request.Actor, "room.changed", "room", room.Id, changed), ct);
            await tx.Append(room.Id, new LogEntry(LogEntryType.RoomUpdated, request.Actor.UserId, Room: room.ToView(lastSeq: 0)), ct);
            var seconds = room.SlowModeSeconds;
            tx.OnCommitted(() => cache.Apply(room.Id, r => r.SetSlowMode(seconds)));
            return Nothing.Value;
        }
    }
}
