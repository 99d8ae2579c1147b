using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Auth.Requests;

/// <summary>
/// Whether a browser sent a request from a page of ours. Browsers set <c>Origin</c> and <c>Sec-Fetch-Site</c> themselves and no script
/// can change them; cookies travel with whatever a foreign page sends, so only these tell the two apart.
/// </summary>
internal sealed class OriginRule
{
    private readonly string? publicOrigin;
    private readonly HashSet<string> allowed;

    public OriginRule(IOptions<ServerOptions> server, IOptions<CorsOptions> cors)
    {
        publicOrigin = server.Value.PublicOrigin;
        allowed = cors.Value.AllowedOrigins.Select(o => Origins.TryParse(o, out var origin) ? origin : o).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>For requests that live by a cookie: they must prove where they come from.</summary>
    public bool ProvesOwn(HttpRequest request) =>
        HasOwnOrigin(request) || FetchSite(request) switch
        {
            // Also right behind a proxy that ends TLS and is not in Server:TrustedProxies, where the origin's scheme looks foreign.
            "same-origin" => true,
            "none" => Origin(request) is null,
            _ => false,
        };

    /// <summary>For requests that set a cookie: a program that is no browser says nothing of its origin, and is no threat here.</summary>
    public bool IsForeign(HttpRequest request) =>
        !ProvesOwn(request) && (Origin(request) is not null || FetchSite(request) is not null);

    /// <summary>An <c>Origin</c> that is present and not ours.</summary>
    public bool HasForeignOrigin(HttpRequest request) => Origin(request) is { } origin && !IsOwn(request, origin);

    /// <summary>An <c>Origin</c> that is present and ours.</summary>
    public bool HasOwnOrigin(HttpRequest request) => Origin(request) is { } origin && IsOwn(request, origin);

    private static string? Origin(HttpRequest request) => request.Headers.Origin is { Count: > 0 } values ? values.ToString() : null;

    private static string? FetchSite(HttpRequest request) => request.Headers["Sec-Fetch-Site"] is { Count: > 0 } values ? values.ToString() : null;

    /// <summary>Whether an origin, wherever it is written, is ours.</summary>
    public bool IsOwn(HttpRequest request, string origin) =>
        string.Equals(origin, $"{request.Scheme}://{request.Host.Value}", StringComparison.OrdinalIgnoreCase)
        || string.Equals(origin, publicOrigin, StringComparison.Ordinal)
        || allowed.Contains(origin);
}
