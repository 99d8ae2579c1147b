using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.Sessions;

/// <summary>
/// The session's two cookies. <c>__Host-</c> binds them to this very host over HTTPS (browsers also take it from localhost); script
/// cannot read them; no other site's page sends them along.
/// </summary>
internal sealed class SessionCookies(IOptions<AuthOptions> options)
{
    public const string Access = "__Host-chat-access";
    public const string Refresh = "__Host-chat-refresh";

    public void Set(HttpResponse response, SessionTokens tokens)
    {
        Append(response, Access, tokens.AccessToken, options.Value.AccessTokenLifetime);
        Append(response, Refresh, tokens.RefreshToken!, options.Value.IdleLimit < options.Value.AbsoluteLimit ? options.Value.IdleLimit : options.Value.AbsoluteLimit);
    }

    public static void Clear(HttpResponse response)
    {
        Append(response, Access, "", TimeSpan.Zero);
        Append(response, Refresh, "", TimeSpan.Zero);
    }

    private static void Append(HttpResponse response, string name, string value, TimeSpan maxAge) =>
        response.Cookies.Append(name, value, new CookieOptions { HttpOnly = true, Secure = true, SameSite = SameSiteMode.Strict, Path = "/", MaxAge = maxAge, IsEssential = true });
}
