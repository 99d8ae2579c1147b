using System.Net;
using ChatMonolith.Auth.Persistence;
using ChatMonolith.BuildingBlocks.Http;
using Microsoft.AspNetCore.Http;

namespace ChatMonolith.Auth.Requests;

/// <summary>Where a request comes from. Endpoints take it as a parameter.</summary>
/// <param name="Address">The peer's address, or what a trusted proxy said.</param>
/// <param name="Network">What failures are counted by: an IPv4 address, or the /64 of an IPv6 one.</param>
/// <param name="UserAgent">Bounded, without control characters.</param>
/// <param name="IsLocal">This machine itself, and nobody behind it.</param>
internal sealed record ClientInfo(string Address, string Network, string UserAgent, bool IsLocal)
{
    /// <summary>The primary tag of the language that the browser prefers, such as <c>de</c>; empty when it does not say.</summary>
    public string Language { get; init; } = "";

    public static ValueTask<ClientInfo?> BindAsync(HttpContext context) => ValueTask.FromResult<ClientInfo?>(From(context));

    public static ClientInfo From(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        address = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        var agent = SecurityLog.Clean(context.Request.Headers.UserAgent.ToString());
        return new ClientInfo(address?.ToString() ?? "", ClientNetwork.Of(address), agent[..Math.Min(agent.Length, Session.UserAgentMax)], LocalRequest.Is(context)) { Language = LanguageOf(context.Request) };
    }

    private static string LanguageOf(HttpRequest request)
    {
        var preferred = request.GetTypedHeaders().AcceptLanguage.OrderByDescending(l => l.Quality ?? 1).FirstOrDefault()?.Value.Value ?? "";
        var primary = preferred.Split('-')[0].ToLowerInvariant();
        return primary.Length is >= 2 and <= Account.LanguageMax && primary.All(char.IsAsciiLetterLower) ? primary : "";
    }
}
