using System.Security.Claims;
using Microsoft.AspNetCore.Http;

namespace ChatMonolith.BuildingBlocks.Http;

/// <summary>Who is calling, as authentication found it. Endpoints take it as a parameter; handlers get it in their request.</summary>
/// <param name="UserId">The account.</param>
/// <param name="SessionId">The session, which can end at any moment; its end cuts the session's sockets.</param>
/// <param name="IsAdmin">Whether the account is a server admin.</param>
public sealed record Caller(Guid UserId, Guid SessionId, bool IsAdmin)
{
    public const string UserClaim = "sub";
    public const string SessionClaim = "sid";
    public const string AdminClaim = "adm";
    public const string GuestClaim = "gst";

    /// <summary>Sees only the rooms that somebody let them into, and the people there.</summary>
    public bool IsGuest { get; init; }

    public static ValueTask<Caller?> BindAsync(HttpContext context) => ValueTask.FromResult(From(context.User));

    public static Caller? From(ClaimsPrincipal user) =>
        Guid.TryParse(user.FindFirstValue(UserClaim), out var userId) && Guid.TryParse(user.FindFirstValue(SessionClaim), out var sessionId)
            ? new Caller(userId, sessionId, user.HasClaim(AdminClaim, "1")) { IsGuest = user.HasClaim(GuestClaim, "1") }
            : null;

    public ClaimsPrincipal ToPrincipal(string scheme)
    {
        var identity = new ClaimsIdentity(
            [new Claim(UserClaim, UserId.ToString()), new Claim(SessionClaim, SessionId.ToString()), new Claim(AdminClaim, IsAdmin ? "1" : "0"), new Claim(GuestClaim, IsGuest ? "1" : "0")],
            scheme);
        return new ClaimsPrincipal(identity);
    }
}
