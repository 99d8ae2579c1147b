using System.Text.RegularExpressions;
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

namespace ChatMonolith.Hooks.Commands;

/// <summary>Gives a room a command that a program outside answers, with a bot that it answers as: account, membership and command in one commit.</summary>
internal static partial class CreateCommand
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/rooms/{id:id}/commands", async (Guid id, Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(id, body.Name, body.Url, body.Hint ?? "", body.Description ?? "", caller), ct)).ToHttp(made => Results.Created($"/api/v1/rooms/{id}/commands/{made.Command.Id}", made)))
            .RequireAuthorization(Policies.StepUp).WithTags("Hooks").WithSummary("Give a room a command that a program answers")
            .WithDescription("`name` without its slash: 1 to 32 of `a-z 0-9 _ -`, beginning with a letter, unique in the room, none of the client's own. `url` as for hooks; what is sent there is signed with `secret` (shown once), as deliveries are. `hint` and `description` are for completion. It works as long as its maker owns the room and is active. For owners. Needs a step-up.")
            .Produces<Made>(201).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409);

    public sealed record Body(string? Name, string? Url, string? Hint, string? Description);

    public sealed record Made(CommandView Command, string Secret);

    public sealed record Command(Guid RoomId, string? Name, string? Url, string Hint, string Description, Caller Caller) : IRequest<Result<Made>>;

    /// <summary>What the web client does itself; a room's command of the same name could never be reached.</summary>
    private static readonly string[] Taken = ["invite", "leave", "msg", "mute", "search", "topic", "unmute"];

    [GeneratedRegex("^[a-z][a-z0-9_-]{0,31}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 100)]
    private static partial Regex NamePattern();

    public static bool IsName(string? name) => name is not null && NamePattern().IsMatch(name) && !name.EndsWith('\n');

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator(IOptions<HooksOptions> options)
        {
            RuleFor(c => c.Name).Must(n => IsName(n) && !Taken.Contains(n, StringComparer.Ordinal)).WithMessage($"A command has 1 to {CommandRow.MaxName} characters out of a-z, 0-9, _ and -, begins with a letter, and is none of the client's own.");
            RuleFor(c => c.Url).Must(u => HookAddress.IsOne(u, options.Value.AllowPrivateAddresses)).WithMessage(HookAddress.Rule);
            RuleFor(c => c.Hint).Must(h => h.Length <= CommandRow.MaxHint && !h.Any(char.IsControl)).WithMessage($"At most {CommandRow.MaxHint} characters in one line.");
            RuleFor(c => c.Description).Must(d => d.Length <= CommandRow.MaxDescription && !d.Any(char.IsControl)).WithMessage($"At most {CommandRow.MaxDescription} characters in one line.");
        }
    }

    internal sealed class Handler(RoomBots bots, HookSecrets secrets, IOptions<HooksOptions> options) : IRequestHandler<Command, Result<Made>>
    {
        public Task<Result<Made>> Handle(Command request, CancellationToken cancellationToken) =>
            bots.Give(request.RoomId, request.Caller, (tx, ct) => Make(tx, request, ct), cancellationToken);

        private async Task<Result<Made>> Make(ILogTransaction tx, Command request, CancellationToken ct)
        {
            var db = tx.Use<HooksDb>();
            var there = await db.Commands.Where(c => c.RoomId == request.RoomId).Select(c => c.Name).ToListAsync(ct);
            if (there.Contains(request.Name!, StringComparer.Ordinal))
            {
                return Error.Conflict($"This room has a command /{request.Name} already. Remove it first, or choose another name.", ConflictReasons.CommandKnown);
            }

            if (there.Count >= options.Value.PerRoom)
            {
                return Error.Conflict($"This room has {options.Value.PerRoom} commands. Remove one first.", ConflictReasons.TooManyCommands);
            }

            var bot = await bots.LetIn(tx, request.RoomId, request.Name!, request.Caller, ct);
            if (!bot.IsOk)
            {
                return bot.Error;
            }

            var id = Guid.CreateVersion7();
            var secret = Secrets.NewToken();
            var row = new CommandRow
            {
                Id = id,
                RoomId = request.RoomId,
                CreatedBy = request.Caller.UserId,
                BotId = bot.Value,
                Name = request.Name!,
                Url = request.Url!,
                Hint = request.Hint,
                Description = request.Description,
                Sealed = secrets.Close(id, secret),
                CreatedAt = tx.At,
            };
            db.Commands.Add(row);
            await db.SaveChangesAsync(ct);
            return new Made(CommandView.Of(row, forOwner: true), secret);
        }
    }
}
