using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Contracts.Rooms;
using ChatMonolith.Hooks.Data;
using ChatMonolith.Hooks.Sending;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Hooks;

/// <summary>Tells an address what happens in a room from now on.</summary>
internal static class CreateHook
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/rooms/{id:id}/hooks", async (Guid id, Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(id, body.Name, body.Url, caller), ct)).ToHttp(made => Results.Created($"/api/v1/rooms/{id}/hooks/{made.Hook.Id}", made)))
            .RequireAuthorization(Policies.StepUp).WithTags("Hooks").WithSummary("Tell an address what happens in a room")
            .WithDescription("The room's log from now on is sent there by POST, in order, at least once, as `{hookId, roomId, items}` (entries as in `GET /rooms/{id}/events`), signed: `X-Chat-Signature` is `v1=` and HMAC-SHA-256 in hex, under `secret` (shown once), of `X-Chat-Timestamp`, a dot and the body. An answer of 2xx takes it; anything else is repeated with doubled waits, and switches the hook off after a dozen failures; 410 does at once. https on the public Internet only, no redirects. For owners. Needs a step-up.")
            .Produces<Made>(201).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);

    public sealed record Body(string? Name, string? Url);

    public sealed record Made(HookView Hook, string Secret);

    public sealed record Command(Guid RoomId, string? Name, string? Url, Caller Caller) : IRequest<Result<Made>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator(IOptions<HooksOptions> options)
        {
            RuleFor(c => c.Name).Must(n => !string.IsNullOrWhiteSpace(n) && n.Length <= HookRow.MaxName && !n.Any(char.IsControl)).WithMessage($"A hook's name has 1 to {HookRow.MaxName} characters in one line.");
            RuleFor(c => c.Url).Must(u => HookAddress.IsOne(u, options.Value.AllowPrivateAddresses)).WithMessage(HookAddress.Rule);
        }
    }

    internal sealed class Handler(HooksDb db, IRoomAccess access, IRoomLog log, HookSecrets secrets, HookSender sender, IOptions<HooksOptions> options, TimeProvider time) : IRequestHandler<Command, Result<Made>>
    {
        public async Task<Result<Made>> Handle(Command request, CancellationToken cancellationToken)
        {
            if (await access.Refuse(request.RoomId, request.Caller.UserId, cancellationToken) is { } refusal)
            {
                return refusal;
            }

            if (!options.Value.Enabled)
            {
                return Error.Forbidden("Hooks are switched off on this server.");
            }

            var id = Guid.CreateVersion7();
            var secret = Secrets.NewToken();
            var row = new HookRow
            {
                Id = id,
                RoomId = request.RoomId,
                CreatedBy = request.Caller.UserId,
                Name = request.Name!,
                Url = request.Url!,
                Sealed = secrets.Close(id, secret),
                CreatedAt = time.Now(),
                LastSeq = await log.LastSeq(request.RoomId, cancellationToken),
            };
            await using (var transaction = await db.Database.BeginTransactionAsync(cancellationToken))
            {
                if (await db.Hooks.CountAsync(h => h.RoomId == request.RoomId, cancellationToken) >= options.Value.PerRoom)
                {
                    return Error.Conflict($"This room has {options.Value.PerRoom} hooks. Remove one first.", ConflictReasons.TooManyHooks);
                }

                db.Hooks.Add(row);
                await db.SaveChangesAsync(cancellationToken);
                await transaction.CommitAsync(cancellationToken);
            }

            sender.Expect();
            return new Made(HookView.Of(row), secret);
        }
    }
}
