using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Hooks.Data;
using ChatMonolith.Hooks.Sending;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Hooks;

/// <summary>Switches a hook off, or on again after it failed too often: then it goes on where its receiver stopped, by the right of who switched it on.</summary>
internal static class ChangeHook
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPatch("/rooms/{id:id}/hooks/{hookId:id}", async (Guid id, Guid hookId, Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(id, hookId, body.Enabled, caller), ct)).ToOk())
            .WithTags("Hooks").WithSummary("Switch a hook off, or on again")
            .WithDescription("`enabled: true` forgets its failures and goes on from the last entry that was taken; from then on it acts by the right of who switched it on. For owners.")
            .Produces<HookView>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404);

    public sealed record Body(bool? Enabled);

    public sealed record Command(Guid RoomId, Guid HookId, bool? Enabled, Caller Caller) : IRequest<Result<HookView>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() => RuleFor(c => c.Enabled).NotNull().WithMessage("Say whether it is `enabled`.");
    }

    internal sealed class Handler(HooksDb db, IRoomAccess access, HookSender sender, TimeProvider time) : IRequestHandler<Command, Result<HookView>>
    {
        public async Task<Result<HookView>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (await access.Refuse(request.RoomId, request.Caller.UserId, cancellationToken) is { } refusal)
            {
                return refusal;
            }

            var now = time.Now();
            var by = request.Caller.UserId;
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var hook = db.Hooks.Where(h => h.Id == request.HookId && h.RoomId == request.RoomId);
            if (request.Enabled is true)
            {
                await hook.ExecuteUpdateAsync(
                    set => set.SetProperty(h => h.DisabledAt, (long?)null).SetProperty(h => h.Failures, 0).SetProperty(h => h.NextAt, now).SetProperty(h => h.Problem, (string?)null).SetProperty(h => h.CreatedBy, by),
                    cancellationToken);
            }
            else
            {
                await hook.Where(h => h.DisabledAt == null)
                    .ExecuteUpdateAsync(set => set.SetProperty(h => h.DisabledAt, now).SetProperty(h => h.Problem, "An owner switched it off."), cancellationToken);
            }

            var row = await db.Hooks.AsNoTracking().SingleOrDefaultAsync(h => h.Id == request.HookId && h.RoomId == request.RoomId, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            if (row is null)
            {
                return Error.NotFound;
            }

            sender.Expect();
            return HookView.Of(row);
        }
    }
}
