using System.Text.Json;
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
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.Passkeys;

/// <summary>Logs in by a passkey alone, where the device has asked its user; by passkey and password where it has not.</summary>
internal static class LogInByPasskey
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/auth/passkeys/login/options", async (HttpContext http, PasskeyCeremonies passkeys) => Results.Ok(await passkeys.AskToProve(http)))
            .AllowAnonymous().WithTags("Auth").WithSummary("Begin to log in with a passkey")
            .WithDescription("The answer is for `navigator.credentials.get` (PublicKeyCredentialRequestOptionsJSON). It names no credentials, so the device offers those it has. Good for 5 minutes, once; also for `POST /auth/step-up`.")
            .Produces<JsonElement>();
        api.MapPost("/auth/passkeys/login", async (Body body, HttpContext http, ClientInfo client, OriginRule origins, SessionCookies cookies, ILogger<Handler> logger, IMediator mediator, CancellationToken ct) =>
            {
                if (body.Cookie && origins.IsForeign(http.Request))
                {
                    return CrossSite.Refuse(http.Request, logger).ToProblem();
                }

                var result = await mediator.Send(new Command(body.Credential, body.Password, http, client), ct);
                return result.ToHttp(tokens => SessionAnswer.Ok(http.Response, cookies, tokens, body.Cookie));
            })
            .AllowAnonymous().WithTags("Auth").WithSummary("Log in with a passkey")
            .WithDescription("`credential` is what the browser gave (AuthenticationResponseJSON). One whose device has verified its user needs nothing else; another is a second factor and needs `password` as well (`two_factor_required` with `methods: [\"password\"]`, then begin anew). `cookie` as in `POST /auth/login`.")
            .Produces<SessionTokens>().ProducesProblem(400).ProducesProblem(401).ProducesProblem(403).ProducesProblem(429);
    }

    public sealed record Body(JsonElement? Credential, string? Password, bool Cookie = false);

    public sealed record Command(JsonElement? Credential, string? Password, HttpContext Http, ClientInfo Client) : IRequest<Result<SessionTokens>>;

    internal sealed class Validator : AbstractValidator<Command>
    {
        public Validator()
        {
            RuleFor(c => c.Credential).Must(c => c is { ValueKind: JsonValueKind.Object }).WithMessage("Send what navigator.credentials.get gave.");
            RuleFor(c => c.Password).PasswordThatMayBeWrong().When(c => c.Password is not null);
        }
    }

    private static readonly string[] WithPassword = ["password"];

    internal sealed class Handler(AuthDb db, PasskeyCeremonies passkeys, CredentialCheck credentials, SecondFactorCheck factors, SessionStart sessions) : IRequestHandler<Command, Result<SessionTokens>>
    {
        public async Task<Result<SessionTokens>> Handle(Command request, CancellationToken cancellationToken)
        {
            var asserted = await passkeys.Assert(request.Credential!.Value, request.Http, request.Client, cancellationToken);
            if (!asserted.IsOk)
            {
                return asserted.Error;
            }

            var account = await db.Accounts.AsNoTracking().SingleAsync(a => a.Id == asserted.Value.AccountId, cancellationToken);
            var accepted = new PasswordAccepted(RenewedHash: null);
            var proof = Proof.Passkey;
            if (!asserted.Value.IsUserVerified)
            {
                if (request.Password is null)
                {
                    return new Error(
                        ErrorCodes.TwoFactorRequired, "This passkey did not ask who you are: give your password as well.",
                        Extensions: new Dictionary<string, object?>(StringComparer.Ordinal) { ["methods"] = WithPassword });
                }

                var checkedPassword = await credentials.Verify(account, account.Id.ToString(), request.Password, request.Client, cancellationToken);
                if (!checkedPassword.IsOk)
                {
                    return checkedPassword.Error;
                }

                (accepted, proof) = (checkedPassword.Value, Proof.Password | Proof.SecondFactor);
            }

            return await sessions.Begin(account, accepted, proof, request.Client, cancellationToken, async ct =>
            {
                await passkeys.Used(asserted.Value, ct);
                await factors.Unblock(account, ct);
                return null;
            });
        }
    }
}
