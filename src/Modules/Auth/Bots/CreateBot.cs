using ChatMonolith.Auth.Accounts;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.Auth.Tokens;
using ChatMonolith.Auth.Users;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Auth.Bots;

/// <summary>
/// Makes an account for a program. It has no password and no address, so nobody logs in as it: it lives by its token. As a guest it sees
/// only the rooms that somebody lets it into.
/// </summary>
internal static class CreateBot
{
    private const long Never = 100L * 365 * 24 * 60 * 60 * 1000;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/admin/bots", async (Body body, Caller caller, ClientInfo client, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(body.Username, body.DisplayName, body.Scopes, caller, client), ct)).ToHttp(made => Results.Created($"/api/v1/users/{made.User.Id}", made)))
            .RequireAuthorization(Policies.AdminStepUp).WithTags("Admin").WithSummary("Make a bot")
            .WithDescription("An account without a password, in the role of a guest: members add it to their rooms. `token` is shown once; `scopes` as in `POST /auth/tokens`, without `admin`. `DELETE /admin/bots/{id}` ends it. Needs a step-up.")
            .Produces<Made>(201).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(409);

    public sealed record Body(string? Username, string? DisplayName, string[]? Scopes);

    public sealed record Made(UserView User, string Token);

    public sealed record Command(string? Username, string? DisplayName, string[]? Scopes, Caller Caller, ClientInfo Client) : IRequest<Result<Made>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Username).Must(u => u is not null && AccountRules.IsUsername(AccountRules.FoldUsername(u)))
                .WithMessage($"A username has {Account.UsernameMin} to {Account.UsernameMax} characters out of a-z, 0-9, dot, underscore and hyphen.");
            RuleFor(c => c.DisplayName).IsDisplayName().When(c => c.DisplayName is not null);
            RuleFor(c => c.Scopes).Must(s => s is { Length: > 0 and <= 3 } && Array.TrueForAll(s, n => n != "admin" && ScopeNames.IsOne(n))).WithMessage("Give at least one of `read`, `write`, `live`.");
        }
    }

    internal sealed class Handler(IRoomLog log, BotAccounts bots, IAuditLog audit) : IRequestHandler<Command, Result<Made>>
    {
        private static readonly Error Taken = new(ErrorCodes.UsernameTaken, "This username is taken. Choose another.");

        public async Task<Result<Made>> Handle(Command request, CancellationToken cancellationToken)
        {
            try
            {
                return await log.Commit<Made>((tx, ct) => Make(tx, request, ct), new CommitOrigin(request.Caller.SessionId), cancellationToken);
            }
            catch (DbUpdateException e) when (DatabaseFailures.IsDuplicate(e))
            {
                return Taken;
            }
        }

        private async Task<Result<Made>> Make(ILogTransaction tx, Command request, CancellationToken ct)
        {
            var db = tx.Use<AuthDb>();
            var username = AccountRules.FoldUsername(request.Username!);
            if (await db.Accounts.AnyAsync(a => a.UserName == username, ct))
            {
                return Taken;
            }

            var bot = await bots.Insert(tx, username, request.DisplayName ?? username, ct);
            var token = PersonalTokens.New();
            var session = new Session
            {
                Id = Guid.CreateVersion7(),
                AccountId = bot.Id,
                Kind = SessionKind.Token,
                Scopes = ScopeNames.Parse(request.Scopes!),
                CreatedAt = tx.At,
                LastUsedAt = tx.At,
                ExpiresAt = tx.At + Never,
                Ip = request.Client.Address,
            };
            db.Sessions.Add(session);
            db.Tokens.Add(new TokenRow { SessionId = session.Id, Hash = Secrets.Hash(token), Name = username, NeverExpires = true });
            await db.SaveChangesAsync(ct);
            await audit.Append(
                db, new AuditEvent("bot.made", request.Caller.UserId, "user", bot.Id, request.Client.Address, request.Caller.SessionId, Details: AuditEvent.Of(("username", username))), ct);
            return new Made(bot.ToView(), token);
        }
    }
}
