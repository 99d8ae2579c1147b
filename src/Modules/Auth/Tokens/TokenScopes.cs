using Microsoft.AspNetCore.Http;

namespace ChatMonolith.Auth.Tokens;

/// <summary>What a personal access token may do on behalf of its owner; never more than they may themselves.</summary>
[Flags]
internal enum TokenScopes
{
    None = 0,

    /// <summary>Reading: GET and HEAD.</summary>
    Read = 1,

    /// <summary>Whatever else an ordinary person does: posting, reacting, rooms, files.</summary>
    Write = 2,

    /// <summary>Opening sockets, over which both is done.</summary>
    Live = 4,

    /// <summary>The administration, for an admin's token.</summary>
    Admin = 8,
}

/// <summary>
/// Which requests a scope covers. The account itself is out of every token's reach: credentials, sessions, tokens and the wrapped keys
/// of encrypted files are managed by a person who is there.
/// </summary>
internal static class TokenReach
{
    private const string Api = "/api/v1";

    public static bool Covers(TokenScopes scopes, HttpRequest? request)
    {
        if (request is null)
        {
            return false;
        }

        var isRead = HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method) || HttpMethods.IsOptions(request.Method);
        var needed = isRead ? TokenScopes.Read : TokenScopes.Write;
        if (request.Path.StartsWithSegments(Api + "/auth", StringComparison.OrdinalIgnoreCase))
        {
            return isRead ? scopes.HasFlag(TokenScopes.Read) && request.Path.Equals(Api + "/auth/me", StringComparison.OrdinalIgnoreCase)
                : scopes.HasFlag(TokenScopes.Live) && request.Path.Equals(Api + "/auth/ws-ticket", StringComparison.OrdinalIgnoreCase);
        }

        if (request.Path.StartsWithSegments(Api + "/users/me/key", StringComparison.OrdinalIgnoreCase) || request.Path.StartsWithSegments(Api + "/users/me/keys", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        if (request.Path.StartsWithSegments(Api + "/admin", StringComparison.OrdinalIgnoreCase))
        {
            needed |= TokenScopes.Admin;
        }

        return (scopes & needed) == needed;
    }
}
