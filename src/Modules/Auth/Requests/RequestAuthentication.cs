using System.Text.Encodings.Web;
using ChatMonolith.Auth.Sessions;
using ChatMonolith.Auth.Tokens;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Admin;
using ChatMonolith.Contracts.Auth;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.Requests;

/// <summary>From an access token to the caller: a token that is right, of a session that lives, of an account that is active.</summary>
internal sealed class CallerLookup(AccessTokens tokens, PersonalTokens personal, LiveSessions live)
{
    public async ValueTask<Caller?> ByAccessToken(string token, CancellationToken ct)
    {
        if (PersonalTokens.IsOne(token))
        {
            return await personal.SessionOf(token, ct) is { } sessionId ? await BySession(sessionId, ct) : null;
        }

        return tokens.Verify(token) is { } claims && await BySession(claims.SessionId, ct) is { } caller && caller.UserId == claims.AccountId ? caller : null;
    }

    public async ValueTask<Caller?> BySession(Guid sessionId, CancellationToken ct) =>
        await live.Find(sessionId, ct) is { } session ? new Caller(session.AccountId, session.Id, session.Role is ServerRole.Admin) { IsGuest = session.Role is ServerRole.Guest } : null;
}

/// <summary>
/// Who calls over HTTP: a bearer token, else the access cookie. A bearer token that is bad is not rescued by a good cookie. A cookie on
/// a method that changes things counts only when the request comes from a page of ours.
/// </summary>
internal sealed class RequestAuthentication(
    CallerLookup callers,
    OriginRule origins,
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory loggers,
    UrlEncoder encoder)
    : AuthenticationHandler<AuthenticationSchemeOptions>(options, loggers, encoder)
{
    public const string SchemeName = "session";

    private const string BearerPrefix = "Bearer ";
    private Error refusal = Error.Unauthenticated();

    /// <summary>The bearer token; null without one. Empty for a header that cannot be one, such as two of them.</summary>
    public static string? BearerToken(HttpRequest request)
    {
        var header = request.Headers.Authorization;
        return header.Count switch
        {
            0 => null,
            1 when header[0] is { } value && value.StartsWith(BearerPrefix, StringComparison.OrdinalIgnoreCase) => value[BearerPrefix.Length..].Trim(),

            // Another scheme, such as a transfer's own token, is not for us to judge.
            1 when header[0] is { } other && !other.StartsWith("Bearer", StringComparison.OrdinalIgnoreCase) => null,
            _ => "",
        };
    }

    protected override async Task<AuthenticateResult> HandleAuthenticateAsync()
    {
        if (BearerToken(Request) is { } bearer)
        {
            return Answer(await callers.ByAccessToken(bearer, Context.RequestAborted), "bearer");
        }

        if (!Request.Cookies.TryGetValue(SessionCookies.Access, out var cookie) || string.IsNullOrEmpty(cookie))
        {
            return AuthenticateResult.NoResult();
        }

        var caller = await callers.ByAccessToken(cookie, Context.RequestAborted);
        if (caller is not null && !IsSafe(Request.Method) && !origins.ProvesOwn(Request))
        {
            refusal = CrossSite.Refuse(Request, Logger);
            return AuthenticateResult.Fail(refusal.Code);
        }

        return Answer(caller, "cookie");
    }

    protected override Task HandleChallengeAsync(AuthenticationProperties properties)
    {
        if (refusal.Code == ErrorCodes.Unauthenticated)
        {
            Response.Headers.WWWAuthenticate = "Bearer";
        }

        return Problems.Write(Context, refusal);
    }

    protected override Task HandleForbiddenAsync(AuthenticationProperties properties) => Problems.Write(Context, Error.Forbidden("You may not do this."));

    private static bool IsSafe(string method) => HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method);

    private AuthenticateResult Answer(Caller? caller, string way)
    {
        if (caller is not null)
        {
            return AuthenticateResult.Success(new AuthenticationTicket(caller.ToPrincipal(Scheme.Name), Scheme.Name));
        }

        refusal = Error.Unauthenticated("The access token is not valid, or its session has ended. Refresh it or log in again.");
        Logger.TokenRefused(ClientInfo.From(Context).Address, way);
        return AuthenticateResult.Fail(refusal.Code);
    }
}

internal static class CrossSite
{
    public static Error Refuse(HttpRequest request, ILogger logger)
    {
        var route = RequestRoute.Of(request.HttpContext) ?? "(no route)";
        logger.CrossSite(request.Method, route, SecurityLog.Clean(request.Headers.Origin), SecurityLog.Clean(request.Headers["Sec-Fetch-Site"]));
        request.HttpContext.RequestServices.GetRequiredService<IAuditLog>().Note(new AuditEvent(
            "request.cross-site", ActorId: null, Address: ClientInfo.From(request.HttpContext).Address, Result: AuditResult.Refused, Details: AuditEvent.Of(("route", $"{request.Method} {route}"))));
        return new Error(ErrorCodes.Csrf, "This request comes from another site's page, or does not say where it comes from. Send it from this server's own pages, or use a bearer token.");
    }
}
