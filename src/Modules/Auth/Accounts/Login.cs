using ChatMonolith.Auth.Passwords;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.Auth.Requests;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using FluentValidation;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
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

                var result = await mediator.Send(new Command(body.Login, body.Password, client), ct);
                return result.ToHttp(tokens => SessionAnswer.Ok(http.Response, cookies, tokens, body.Cookie));
            })
            .AllowAnonymous().WithTags("Auth").WithSummary("Log in")
            .WithDescription("`login` is a username or an email address. `cookie: true` sets HttpOnly cookies and leaves `refreshToken` out; browsers keep these cookies over HTTPS, and over plain HTTP at localhost and 127.0.0.1 only.")
            .Produces<SessionTokens>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(429);

    public sealed record Body(string? Login, string? Password, bool Cookie = false);

    public sealed record Command(string? Login, string? Password, ClientInfo Client) : IRequest<Result<SessionTokens>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Login).NotEmpty().WithMessage("Enter your username or email address.").MaximumLength(Account.EmailMax).WithMessage("This is longer than any username or email address.");
            RuleFor(c => c.Password).PasswordThatMayBeWrong();
        }
    }

    internal sealed class Handler(AuthDb db, CredentialCheck credentials, SessionStart sessions) : IRequestHandler<Command, Result<SessionTokens>>
    {
        public async Task<Result<SessionTokens>> Handle(Command request, CancellationToken cancellationToken)
        {
            var login = request.Login!;
            var account = await Find(login, cancellationToken);
            var key = account?.Id.ToString() ?? Account.EmailKey(login);
            var accepted = await credentials.Verify(account, key, request.Password!, request.Client, cancellationToken);
            return accepted.IsOk ? await sessions.Begin(account!, accepted.Value, request.Client, cancellationToken) : accepted.Error;
        }

        private async Task<Account?> Find(string login, CancellationToken ct)
        {
            if (login.Contains('@', StringComparison.Ordinal))
            {
                var email = Account.EmailKey(login);
                return AccountRules.IsEmail(login) ? await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.NormalizedEmail == email, ct) : null;
            }

            var username = AccountRules.FoldUsername(login);
            return AccountRules.IsUsername(username) ? await db.Accounts.AsNoTracking().SingleOrDefaultAsync(a => a.UserName == username, ct) : null;
        }
    }
}
