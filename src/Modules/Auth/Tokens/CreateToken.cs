using ChatMonolith.Auth.Accounts;
using ChatMonolith.Auth.Notices;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.Tokens;

/// <summary>Makes a token for a script; it is shown in this answer and never again.</summary>
internal static class CreateToken
{
    /// <summary>The absolute end of one without an end: a hundred years.</summary>
    private const long Never = 100L * 365 * 24 * 60 * 60 * 1000;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/auth/tokens", async (Body body, Caller caller, ClientInfo client, IMediator mediator, CancellationToken ct) =>
                (await mediator.Send(new Command(caller, client, body.Name, body.Scopes, body.ExpiresAt), ct))
                .ToHttp(made => Results.Created($"/api/v1/auth/tokens/{made.Id}", made)))
            .RequireAuthorization(Policies.StepUp).WithTags("Auth").WithSummary("Make a personal access token")
            .WithDescription("For scripts: `Authorization: Bearer …`. `token` is shown once and stored as a hash. Scopes: `read` (GET), `write` (all else that people do), `live` (sockets), `admin` (administration, for an admin). A token never reaches the account itself: `/auth/*` but `/auth/me` and `/auth/ws-ticket`, and what needs a step-up. It ends at `expiresAt`, when it is deleted, and with a change of the password. Needs a step-up.")
            .Produces<Made>(201).ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(409);

    public sealed record Body(string? Name, string[]? Scopes, Instant? ExpiresAt);

    public sealed record Made(Guid Id, string Name, IReadOnlyList<string> Scopes, Instant CreatedAt, Instant? ExpiresAt, string Token);

    public sealed record Command(Caller Caller, ClientInfo Client, string? Name, string[]? Scopes, Instant? ExpiresAt) : IRequest<Result<Made>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator(TimeProvider time)
        {
            RuleFor(c => c.Name).Must(n => !string.IsNullOrWhiteSpace(n) && n.Length <= TokenRow.NameMax && AccountRules.IsOneLine(n)).WithMessage($"A token's name has 1 to {TokenRow.NameMax} characters in one line.");
            RuleFor(c => c.Scopes).Must(s => s is { Length: > 0 and <= 4 } && Array.TrueForAll(s, ScopeNames.IsOne)).WithMessage("Give at least one of `read`, `write`, `live`, `admin`.");
            RuleFor(c => c.ExpiresAt).Must(e => e is null || (e.Value.UnixMilliseconds > time.Now() && e.Value.UnixMilliseconds - time.Now() < Never)).WithMessage("A token ends in the future.");
        }
    }

    internal sealed class Handler(AuthDb db, AccountNotices notices, IOptions<AuthOptions> options, TimeProvider time, ILogger<Handler> logger) : IRequestHandler<Command, Result<Made>>
    {
        public async Task<Result<Made>> Handle(Command request, CancellationToken cancellationToken)
        {
            var scopes = ScopeNames.Parse(request.Scopes!);
            if (scopes.HasFlag(TokenScopes.Admin) && !request.Caller.IsAdmin)
            {
                return Error.Forbidden("Only an admin's token administers.");
            }

            var now = time.Now();
            var secret = PersonalTokens.New();
            var id = Guid.CreateVersion7();
            await using var transaction = await db.Database.BeginTransactionAsync(cancellationToken);
            var account = await db.TakeAccount(request.Caller.UserId, cancellationToken);
            if (account is null)
            {
                return Error.Unauthenticated();
            }

            if (await db.Sessions.CountAsync(s => s.AccountId == account.Id && s.Kind == SessionKind.Token && s.EndedAt == null && s.ExpiresAt > now, cancellationToken) >= options.Value.TokensPerAccount)
            {
                return Error.Conflict($"You have {options.Value.TokensPerAccount} tokens. Delete one first.", ConflictReasons.TooManyTokens);
            }

            db.Sessions.Add(new Session
            {
                Id = id,
                AccountId = account.Id,
                Kind = SessionKind.Token,
                Scopes = scopes,
                CreatedAt = now,
                LastUsedAt = now,
                ExpiresAt = request.ExpiresAt?.UnixMilliseconds ?? now + Never,
                UserAgent = "",
                Ip = request.Client.Address,
            });
            db.Tokens.Add(new TokenRow { SessionId = id, Hash = Secrets.Hash(secret), Name = request.Name!, NeverExpires = request.ExpiresAt is null });
            await db.SaveChangesAsync(cancellationToken);
            await notices.Changed(db, account, "token.made", request.Client, cancellationToken);
            await transaction.CommitAsync(cancellationToken);
            logger.CredentialChanged(account.Id, "token made", request.Client.Address);
            return new Made(id, request.Name!, ScopeNames.Of(scopes), now, request.ExpiresAt, secret);
        }
    }
}
