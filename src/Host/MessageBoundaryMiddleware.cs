using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;

namespace ChatMonolith.Host;

/// <summary>
/// Refuses a request whose end two readers could see at different places, and ends its connection, so that what follows is nobody's
/// second request (RFC 9112, 6.1 and 11.2; ASVS 5.0, 4.2.1). Kestrel refuses most of these itself; what it reads generously is here.
/// </summary>
internal sealed class MessageBoundaryMiddleware(RequestDelegate next)
{
    /// <summary>Where Kestrel moves a Content-Length that stood beside a Transfer-Encoding.</summary>
    private const string SetAsideContentLength = "X-Content-Length";

    public Task Invoke(HttpContext context)
    {
        if (context.Request.Headers.TransferEncoding.Count == 0 || HasOneEnd(context.Request))
        {
            return next(context);
        }

        context.Response.Headers.Connection = "close";
        return Problems.Write(context, new Error(ErrorCodes.Validation, "This request says in two ways where it ends. Send either Content-Length, or Transfer-Encoding: chunked once."));
    }

    private static bool HasOneEnd(HttpRequest request) =>
        request.Headers.TransferEncoding is { Count: 1 } encoding
        && string.Equals(encoding[0], "chunked", StringComparison.OrdinalIgnoreCase)
        && request.ContentLength is null
        && !request.Headers.ContainsKey(SetAsideContentLength)
        && !HttpProtocol.IsHttp10(request.Protocol);
}
