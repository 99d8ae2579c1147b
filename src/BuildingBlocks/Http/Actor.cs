using Microsoft.AspNetCore.Http;

namespace ChatMonolith.BuildingBlocks.Http;

/// <summary>Who does something that is written down, and from where. Endpoints of the administration take it as a parameter.</summary>
/// <param name="UserId">The account.</param>
/// <param name="SessionId">The session.</param>
/// <param name="Address">The peer's address, or what a trusted proxy said.</param>
public sealed record Actor(Guid UserId, Guid SessionId, string Address)
{
    public static ValueTask<Actor?> BindAsync(HttpContext context)
    {
        var address = context.Connection.RemoteIpAddress;
        address = address is { IsIPv4MappedToIPv6: true } ? address.MapToIPv4() : address;
        return ValueTask.FromResult(Caller.From(context.User) is { } caller ? new Actor(caller.UserId, caller.SessionId, address?.ToString() ?? "") : null);
    }
}
