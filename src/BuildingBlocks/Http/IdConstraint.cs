using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.BuildingBlocks.Http;

/// <summary>The route constraint <c>:id</c>: an id in its one canonical form, so that anything else is simply not found.</summary>
public sealed class IdConstraint : IRouteConstraint
{
    public const string Name = "id";

    public bool Match(HttpContext? httpContext, IRouter? route, string routeKey, RouteValueDictionary values, RouteDirection routeDirection) =>
        values.TryGetValue(routeKey, out var value) && (value is Guid || Guid.TryParseExact(value as string, "D", out _));
}
