using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using Microsoft.AspNetCore.Http;

namespace ChatMonolith.Contracts.Auth;

/// <summary>
/// Finds out who opens a socket, in the contract's order: ticket, bearer, cookie with a known origin, token in the query. The first
/// one present decides.
/// </summary>
public interface ISocketAuthentication
{
    /// <returns>The caller; <c>unauthenticated</c> (401), or <c>csrf</c> (403) for a foreign origin.</returns>
    Task<Result<Caller>> Authenticate(HttpContext context, CancellationToken ct);
}
