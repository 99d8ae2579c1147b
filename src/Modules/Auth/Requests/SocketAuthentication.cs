using ChatMonolith.Auth.Sessions;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Contracts.Auth;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.Auth.Requests;

/// <summary>
/// Who opens a socket. The first credential present decides and is not rescued by another. A foreign origin is refused whatever the
/// credential: no page of another site has any business here. A cookie needs an origin, since any page's socket would carry it.
/// </summary>
internal sealed class SocketAuthentication(SocketTickets tickets, CallerLookup callers, AccessRule rule, OriginRule origins, ILogger<SocketAuthentication> logger) : ISocketAuthentication
{
    public async Task<Result<Caller>> Authenticate(HttpContext context, CancellationToken ct)
    {
        var request = context.Request;
        if (origins.HasForeignOrigin(request))
        {
            return CrossSite.Refuse(request, logger);
        }

        if (request.Query.TryGetValue("ticket", out var ticket))
        {
            return Answer(await tickets.Redeem(ticket.ToString(), ct) is { } sessionId ? await callers.BySession(sessionId, ct) : null, "The ticket is not valid, was used, or is too old. Get another.", context, "ticket");
        }

        if (RequestAuthentication.BearerToken(request) is { } bearer)
        {
            return Answer(await callers.ByAccessToken(bearer, ct), "The access token is not valid, or its session has ended.", context, "bearer");
        }

        if (request.Cookies.TryGetValue(SessionCookies.Access, out var cookie) && cookie.Length > 0)
        {
            return origins.HasOwnOrigin(request)
                ? Answer(await callers.ByAccessToken(cookie, ct), "The session has ended, or its cookie is too old. Refresh it.", context, "cookie")
                : CrossSite.Refuse(request, logger);
        }

        return request.Query.TryGetValue("token", out var token)
            ? Answer(await callers.ByAccessToken(token.ToString(), ct), "The access token is not valid, or its session has ended.", context, "token")
            : Error.Unauthenticated("Log in first: send a ticket, a bearer token, the cookie, or a token.");
    }

    private Result<Caller> Answer(Caller? caller, string refusal, HttpContext context, string way)
    {
        if (caller is not null)
        {
            return rule.RefuseSocket(caller) is { } error ? error : caller;
        }

        logger.TokenRefused(ClientInfo.From(context).Address, way);
        return Error.Unauthenticated(refusal);
    }
}
