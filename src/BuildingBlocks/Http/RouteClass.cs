using Microsoft.AspNetCore.Builder;

namespace ChatMonolith.BuildingBlocks.Http;

/// <summary>What a request costs, by which requests are limited in number. Without a mark a route is of the class that its method says.</summary>
public enum RouteClass
{
    /// <summary>GET and HEAD.</summary>
    Read,

    /// <summary>All other methods.</summary>
    Write,

    /// <summary>What nobody need be logged in for and costs a hashing or a letter: logging in, registering, codes.</summary>
    Credentials,

    /// <summary>What takes the server more than an ordinary request: searching, pictures, copies of data.</summary>
    Costly,
}

/// <summary>A route's mark.</summary>
public sealed record RouteClassMark(RouteClass Class);

public static class RouteClasses
{
    public static TBuilder InClass<TBuilder>(this TBuilder route, RouteClass routeClass)
        where TBuilder : IEndpointConventionBuilder => route.WithMetadata(new RouteClassMark(routeClass));
}
