using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using Microsoft.AspNetCore.Http;

namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>What the transport asks of the product: who may open a socket, and what a fresh one is told.</summary>
public interface ISocketApplication
{
    /// <summary>Before the handshake is answered. A failure is answered over HTTP and no socket opens.</summary>
    Task<Result<Caller>> Authenticate(HttpContext context, Guid? onlyRoom, CancellationToken ct);

    /// <summary>The socket is open and registered. Sends <c>hello</c>, and brings it live unless it asked to resume.</summary>
    Task Opened(Connection connection, bool awaitsResume, CancellationToken ct);
}
