using Microsoft.AspNetCore.Http;

namespace ChatMonolith.Auth.Sessions;

/// <summary>How login and refresh answer: the refresh token in the body, or both tokens in cookies.</summary>
internal static class SessionAnswer
{
    public static IResult Ok(HttpResponse response, SessionCookies cookies, SessionTokens tokens, bool asCookies)
    {
        if (!asCookies)
        {
            return Results.Ok(tokens);
        }

        cookies.Set(response, tokens);
        return Results.Ok(tokens with { RefreshToken = null });
    }
}
