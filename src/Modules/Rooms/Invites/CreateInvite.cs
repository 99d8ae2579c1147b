using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Security;
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

namespace ChatMonolith.Rooms.Invites;

internal static class CreateInvite
{
    private const int MaxHours = 8760;
    private const int MaxUses = 1000;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/rooms/{id:id}/invites", async (Guid id, Body? body, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Command(caller, id, body?.ExpiresInHours, body?.MaxUses), ct))
                .ToHttp(invite => Results.Created($"/api/v1/rooms/{id}/invites/{invite.Id}", invite)))
            .WithTags("Rooms")
            .WithSummary("Make an invitation by link")
            .WithDescription("The code is in this answer only; the link is /join/#code. Without expiresInHours or maxUses there is no such limit. It works as long as its maker may let people into the room.")
            .Produces<InviteView>(StatusCodes.Status201Created)
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status403Forbidden)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict);

    public sealed record Body(int? ExpiresInHours, int? MaxUses);

    public sealed record Command(Caller Caller, Guid RoomId, int? ExpiresInHours, int? MaxUses) : IRequest<Result<InviteView>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.ExpiresInHours).InclusiveBetween(1, MaxHours).WithMessage($"An invitation lives 1 to {MaxHours} hours.");
            RuleFor(c => c.MaxUses).InclusiveBetween(1, CreateInvite.MaxUses).WithMessage($"An invitation takes 1 to {CreateInvite.MaxUses} uses.");
        }
    }

    internal sealed class Handler(IRoomAccess access, IRoomLog log, IOptions<RoomsOptions> options) : IRequestHandler<Command, Result<InviteView>>
    {
        public async Task<Result<InviteView>> Handle(Command request, CancellationToken cancellationToken)
        {
            var may = await access.May(request.RoomId, request.Caller.UserId, RoomAction.Invite, cancellationToken);
            return may.IsOk ? await Create(request, cancellationToken) : may.Error;
        }

        private Task<Result<InviteView>> Create(Command request, CancellationToken cancellationToken) =>
            log.Commit<InviteView>(
                async (tx, ct) =>
                {
                    var db = tx.Use<RoomsDb>();
                    var standing = await db.Standing(request.RoomId, request.Caller.UserId, RoomAction.Invite, ct);
                    if (!standing.IsOk)
                    {
                        return standing.Error;
                    }

                    var max = options.Value.MaxInvitesPerRoom;
                    if (await db.Invites.CountAsync(i => i.RoomId == request.RoomId && i.UsedUpAt == null && (i.ExpiresAt == null || i.ExpiresAt > tx.At), ct) >= max)
                    {
                        return Error.Conflict($"A room has at most {max} invitations that work. Revoke one first.", ConflictReasons.TooManyInvites);
                    }

                    var code = Secrets.NewToken();
                    var invite = new RoomInvite
                    {
                        Id = Guid.CreateVersion7(DateTimeOffset.FromUnixTimeMilliseconds(tx.At)),
                        RoomId = request.RoomId,
                        CodeHash = Secrets.Hash(code),
                        CreatedBy = request.Caller.UserId,
                        CreatedAt = tx.At,
                        ExpiresAt = request.ExpiresInHours is { } hours ? tx.At + (long)TimeSpan.FromHours(hours).TotalMilliseconds : null,
                        MaxUses = request.MaxUses,
                    };
                    db.Invites.Add(invite);
                    await db.SaveChangesAsync(ct);
                    return InviteView.Of(invite, code);
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
    }
}
