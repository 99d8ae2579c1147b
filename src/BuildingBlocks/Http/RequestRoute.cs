using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.BuildingBlocks.Http;

/// <summary>Where a request goes, for logs and traces that are kept: the route's pattern, since a path may hold a secret (an incoming hook's, a transfer's).</summary>
public static class RequestRoute
{
    /// <returns>Null where no route takes it.</returns>
    public static string? Of(HttpContext context) => (context.GetEndpoint() as RouteEndpoint)?.RoutePattern.RawText;
}
