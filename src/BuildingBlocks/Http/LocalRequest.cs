using System.Net;
using Microsoft.AspNetCore.Http;

namespace ChatMonolith.BuildingBlocks.Http;

/// <summary>Whether a request comes from this machine itself, with nobody behind it: the one rule for the first set-up and for figures.</summary>
public static class LocalRequest
{
    /// <summary>Any of them means that somebody else may stand behind the connection. The last is what the proxy middleware leaves.</summary>
    private static readonly string[] ForwardingHeaders =
        ["X-Forwarded-For", "X-Forwarded-Host", "X-Forwarded-Proto", "Forwarded", "X-Real-IP", "Via", "X-Original-For"];

    public static bool Is(HttpContext context) =>
        context.Connection.RemoteIpAddress is { } address && IPAddress.IsLoopback(address)
        && !ForwardingHeaders.Any(context.Request.Headers.ContainsKey)
        && NamesThisMachine(context.Request.Host.Host);

    /// <summary>A page of a name that was re-bound to 127.0.0.1 sends that name.</summary>
    private static bool NamesThisMachine(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host.Trim('[', ']'), out var ip) && IPAddress.IsLoopback(ip));
}
