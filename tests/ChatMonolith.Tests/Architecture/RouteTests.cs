using ChatMonolith.Tests.Harness;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Tests.Architecture;

/// <summary>Who may call what. The fallback policy asks for a login; a route that does without says so, and somebody approved it here.</summary>
public class RouteTests
{
    [Fact]
    public async Task Every_route_with_its_policy_is_approved()
    {
        await using var server = await BuiltServer.Compose(Engine.Sqlite);
        Approved.Matches("Architecture/routes", string.Join('\n', server.Routes.SelectMany(Describe).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)));
    }

    private static IEnumerable<string> Describe(RouteEndpoint route)
    {
        var path = "/" + route.RoutePattern.RawText?.TrimStart('/');
        var methods = route.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods ?? ["ANY"];
        return methods.Select(method => $"{path} {method}: {Policy(route)}");
    }

    private static string Policy(RouteEndpoint route)
    {
        if (route.Metadata.GetMetadata<IAllowAnonymous>() is not null)
        {
            return "public";
        }

        var named = route.Metadata.GetOrderedMetadata<IAuthorizeData>().Select(a => a.Policy ?? a.Roles ?? "").Where(p => p.Length > 0).Distinct(StringComparer.Ordinal);
        return string.Join(", ", named) is { Length: > 0 } policies ? policies : "logged in";
    }
}
