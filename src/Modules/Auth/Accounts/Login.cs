using ChatMonolith.Auth.Passwords;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.Auth.SecondFactors;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.Accounts;

internal static class Login
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/auth/login", async (Body body, ClientInfo client, HttpContext http, OriginRule origins, SessionCookies cookies, ILogger<Handler> logger, IMediator mediator, CancellationToken ct) =>
            {
                // A foreign page that logs a visitor into its own account would collect what they then write (login CSRF).
                if (body.Cookie && origins.IsForeign(http.Request))
                {
                    return CrossSite.Refuse(http.Request, logger).ToProblem();
                }

                var result = await mediator.Send(new Command(body.Login, body.Password, body.Code, client), ct);
                return result.ToHttp(tokens => SessionAnswer.Ok(http.Response, cookies, tokens, body.Cookie));
            })
            .AllowAnonymous().WithTags("Auth").WithSummary("Log in")
            .WithDescription("`login` is a username or an email address. Where the account has a second factor, the right password alone answers `two_factor_required` with `methods` (`totp`, `passkey`, `email`, `recovery`); then repeat it with `code`: of the authenticator app, by mail (`POST /auth/code`), or a recovery code. For `passkey` see `POST /auth/passkeys/login`. `cookie: true` sets HttpOnly cookies and leaves `refreshToken` out; browsers keep these cookies over HTTPS, and over plain HTTP at localhost and 127.0.0.1 only.")
            .Produces<SessionTokens>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(429);

    public sealed record Body(string? Login, string? Password, string? Code, bool Cookie = false);

    public sealed record Command(string? Login, string? Password, string? Code, ClientInfo Client) : IRequest<Result<SessionTokens>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Login).NotEmpty().WithMessage("Enter your username or email address.").MaximumLength(Account.EmailMax).WithMessage("This is longer than any username or email address.");
            RuleFor(c => c.Password).PasswordThatMayBeWrong();
            RuleFor(c => c.Code).Must(c => c is null || c.Length is > 0 and <= 32).WithMessage("A code has six digits, a recovery code sixteen characters.");
        }
    }

    internal sealed class Handler(AuthDb db, CredentialCheck credentials, SecondFactorCheck factors, SessionStart sessions) : IRequestHandler<Command, Result<SessionTokens>>
    {
        public async Task<Result<SessionTokens>> Handle(Command request, CancellationToken cancellationToken)
        {
            var login = request.Login!;
            var account = await db.FindByLogin(login, cancellationToken);
            var key = account?.Id.ToString() ?? Account.EmailKey(login);
            var accepted = await credentials.Verify(account, key, request.Password!, request.Client, cancellationToken);
            if (!accepted.IsOk)
            {
                return accepted.Error;
            }

            var of = await factors.Of(account!, cancellationToken);
            if (!of.IsDue && (request.Code is null || !of.TakesEmailCode))
            {
                return await sessions.Begin(account!, accepted.Value, Proof.Password, request.Client, cancellationToken);
            }

            return request.Code is { } code
                ? await sessions.Begin(account!, accepted.Value, Proof.Password | Proof.SecondFactor, request.Client, cancellationToken, ct => factors.Spend(account!, code, request.Client, ct))
                : SecondFactorCheck.Required(of);
        }
    }
}
