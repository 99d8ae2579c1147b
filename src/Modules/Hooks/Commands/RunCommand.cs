using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Auth;
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

namespace ChatMonolith.Hooks.Commands;

/// <summary>
/// Asks the program behind a command, while its sender waits. Over HTTP alone: a socket's commands are answered in their order, and one
/// that waits for somebody else's program would hold up all that follow it.
/// </summary>
internal static class RunCommand
{
    private const int MaxText = 8_000;
    private const int MaxClientId = 64;
    private const string MakerGone = "Who made it does not own this room any more, or that account or its bot is not active; an owner has to make it anew.";
    private static readonly JsonDocumentOptions Bounded = new() { MaxDepth = 8 };

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/rooms/{id:id}/commands/run", async (Guid id, Body body, Caller caller, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(id, body.Name, body.Text ?? "", body.ClientId, caller), ct)).ToOk())
            .InClass(RouteClass.Costly).WithTags("Hooks").WithSummary("Run a room's command")
            .WithDescription("`name` without its slash, `text` what follows it. Its program is sent `{commandId, roomId, command, text, clientId, user: {id, username, displayName}}`, signed as deliveries are, and has three seconds and 64 KiB for `{text, show}`: `show: \"sender\"` (the default) is answered here and kept nowhere, `\"room\"` is posted as the command's bot. 204 or an empty body: nothing to show. What goes wrong there answers `command_failed` with the reason. A repeat with the same `clientId` may ask the program again, with the same `X-Chat-Delivery`, and posts once. For members.")
            .Produces<Ran>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(404).ProducesProblem(StatusCodes.Status424FailedDependency).ProducesProblem(429).ProducesProblem(503);

    public sealed record Body(string? Name, string? Text, string? ClientId);

    /// <param name="Show"><c>sender</c>, <c>room</c> or <c>nothing</c>.</param>
    /// <param name="Text">For the sender alone.</param>
    /// <param name="Html">Its Markdown, as with messages; null where that would be the escaped text.</param>
    /// <param name="MessageId">What was posted.</param>
    public sealed record Ran(string Show, string? Text, string? Html, Guid? MessageId);

    public sealed record Command(Guid RoomId, string? Name, string Text, string? ClientId, Caller Caller) : IRequest<Result<Ran>>;

    private sealed record Answer(string Text, bool ToRoom);

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Name).Must(CreateCommand.IsName).WithMessage("Name the command without its slash.");
            RuleFor(c => c.Text).MaximumLength(MaxText).WithMessage($"At most {MaxText} characters follow a command.");
            RuleFor(c => c.ClientId).Must(id => id is { Length: > 0 and <= MaxClientId } && !id.Any(char.IsControl)).WithMessage($"Give each run a clientId of your own, of 1 to {MaxClientId} characters.");
        }
    }

    internal sealed class Handler(HooksDb db, IRoomAccess access, IPeople people, HookClient client, IPosting posting, CommandPlaces places, IOptions<HooksOptions> options) : IRequestHandler<Command, Result<Ran>>
    {
        public async Task<Result<Ran>> Handle(Command request, CancellationToken cancellationToken)
        {
            var caller = request.Caller.UserId;
            var member = await access.Member(request.RoomId, caller, cancellationToken);
            if (!member.IsOk)
            {
                return member.Error;
            }

            if (await db.Commands.AsNoTracking().SingleOrDefaultAsync(c => c.RoomId == request.RoomId && c.Name == request.Name, cancellationToken) is not { } command)
            {
                return Error.NotFound;
            }

            if (!options.Value.Enabled)
            {
                return Failed(command, "Hooks are switched off on this server.");
            }

            if (await access.RefuseMaker(people, request.RoomId, command.CreatedBy, command.BotId, cancellationToken) is not null)
            {
                return Failed(command, MakerGone);
            }

            if (!places.TryEnter(request.RoomId))
            {
                return Error.Unavailable("Many commands are running just now. Try again in a moment.");
            }

            byte[]? bytes;
            string problem;
            try
            {
                var sender = (await people.Find([caller], cancellationToken)).GetValueOrDefault(caller);
                var body = Json(command, request, sender);
                (bytes, problem) = await client.Ask(command, body, Delivery(request), TimeSpan.FromSeconds(options.Value.CommandSeconds), cancellationToken);
            }
            finally
            {
                places.Leave(request.RoomId);
            }

            if (bytes is null)
            {
                return Failed(command, problem);
            }

            // Who was removed while the program thought gets no answer, and nothing is posted for them.
            var still = await access.Member(request.RoomId, caller, cancellationToken);
            if (!still.IsOk)
            {
                return still.Error;
            }

            return await access.RefuseMaker(people, request.RoomId, command.CreatedBy, command.BotId, cancellationToken) is null ? await Show(command, request, bytes, cancellationToken) : Failed(command, MakerGone);
        }

        private async Task<Result<Ran>> Show(CommandRow command, Command request, byte[] bytes, CancellationToken ct)
        {
            if (bytes.Length == 0)
            {
                return new Ran("nothing", null, null, null);
            }

            if (Read(bytes) is not { } answer)
            {
                return Failed(command, "Its answer is not of the form {\"text\": …, \"show\": \"sender\" or \"room\"}.");
            }

            if (answer.Text.Length == 0)
            {
                return new Ran("nothing", null, null, null);
            }

            if (!answer.ToRoom)
            {
                return new Ran("sender", answer.Text, posting.Render(answer.Text), null);
            }

            var posted = await posting.Post(command.RoomId, command.BotId, Delivery(request), answer.Text, ct);
            return posted.Map(id => new Ran("room", null, null, id));
        }

        private static byte[] Json(CommandRow command, Command request, UserView? sender) => JsonSerializer.SerializeToUtf8Bytes(
            new
            {
                commandId = command.Id,
                roomId = command.RoomId,
                command = command.Name,
                text = request.Text,
                clientId = request.ClientId,
                user = new { id = request.Caller.UserId, username = sender?.Username, displayName = sender?.DisplayName },
            });
    }

    /// <summary>The same for a repeat, and another for everybody else: a receiver knows a run by it, and what it posts is posted once.</summary>
    private static string Delivery(Command request) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{request.RoomId:N}\n{request.Caller.UserId:N}\n{request.Name}\n{request.ClientId}")))[..32];

    private static Answer? Read(byte[] bytes)
    {
        try
        {
            using var document = JsonDocument.Parse(bytes, Bounded);
            var root = document.RootElement;
            if (root.ValueKind is not JsonValueKind.Object || !root.TryGetProperty("text", out var text) || text.ValueKind is not JsonValueKind.String)
            {
                return null;
            }

            var show = root.TryGetProperty("show", out var where) && where.ValueKind is not JsonValueKind.Null ? where.ValueKind is JsonValueKind.String ? where.GetString() : "?" : "sender";
            var said = text.GetString()!.Trim();
            return show is "sender" or "room" && said.Length <= MaxText && !said.Contains('\0', StringComparison.Ordinal) ? new Answer(said, show == "room") : null;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // Not JSON, or a lone surrogate that no string can hold.
            return null;
        }
    }

    private static Error Failed(CommandRow command, string problem) => new(ErrorCodes.CommandFailed, $"/{command.Name} failed. {problem}");
}
