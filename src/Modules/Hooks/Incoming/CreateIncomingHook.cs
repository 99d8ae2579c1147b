using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Hooks.Data;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Hooks.Incoming;

/// <param name="Id">The hook's.</param>
/// <param name="Name">Under which it posts.</param>
/// <param name="BotId">The account that its messages are of.</param>
/// <param name="CreatedBy">By whose right.</param>
/// <param name="CreatedAt">When.</param>
internal sealed record IncomingView(Guid Id, string Name, Guid BotId, Guid CreatedBy, Instant CreatedAt)
{
    public static IncomingView Of(IncomingRow row) => new(row.Id, row.Name, row.BotId, row.CreatedBy, row.CreatedAt);
}

/// <summary>Makes a URL that posts into a room, with a bot that it posts as: account, membership and hook in one commit.</summary>
internal static class CreateIncomingHook
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/rooms/{id:id}/hooks/incoming", async (Guid id, Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(id, body.Name, caller), ct)).ToHttp(made => Results.Created($"/api/v1/rooms/{id}/hooks/incoming/{made.Hook.Id}", made)))
            .RequireAuthorization(Policies.StepUp).WithTags("Hooks").WithSummary("Make a URL that posts into a room")
            .WithDescription("`path` is shown once: `POST` `{text, clientId?}` there, without credentials. It posts as a bot of the hook's name, which is in this room alone, as long as its maker owns the room and is active. For owners. Needs a step-up.")
            .Produces<Made>(201).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);

    public sealed record Body(string? Name);

    public sealed record Made(IncomingView Hook, string Path);

    public sealed record Command(Guid RoomId, string? Name, Caller Caller) : IRequest<Result<Made>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator() =>
            RuleFor(c => c.Name).Must(n => !string.IsNullOrWhiteSpace(n) && n.Length <= HookRow.MaxName && !n.Any(char.IsControl)).WithMessage($"A hook's name has 1 to {HookRow.MaxName} characters in one line.");
    }

    internal sealed class Handler(RoomBots bots, IOptions<HooksOptions> options) : IRequestHandler<Command, Result<Made>>
    {
        public Task<Result<Made>> Handle(Command request, CancellationToken cancellationToken) =>
            bots.Give(request.RoomId, request.Caller, (tx, ct) => Make(tx, request, ct), cancellationToken);

        private async Task<Result<Made>> Make(ILogTransaction tx, Command request, CancellationToken ct)
        {
            var db = tx.Use<HooksDb>();
            if (await db.Incoming.CountAsync(h => h.RoomId == request.RoomId, ct) >= options.Value.PerRoom)
            {
                return Error.Conflict($"This room has {options.Value.PerRoom} such hooks. Remove one first.", ConflictReasons.TooManyHooks);
            }

            var bot = await bots.LetIn(tx, request.RoomId, request.Name!, request.Caller, ct);
            if (!bot.IsOk)
            {
                return bot.Error;
            }

            var secret = Secrets.NewToken();
            var row = new IncomingRow
            {
                Id = Guid.CreateVersion7(),
                RoomId = request.RoomId,
                CreatedBy = request.Caller.UserId,
                BotId = bot.Value,
                Name = request.Name!,
                Hash = Secrets.Hash(secret),
                CreatedAt = tx.At,
            };
            db.Incoming.Add(row);
            await db.SaveChangesAsync(ct);
            return new Made(IncomingView.Of(row), $"/api/v1/hooks/{row.Id}/{secret}");
        }
    }
}
