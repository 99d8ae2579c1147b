using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Persistence;

namespace ChatMonolith.Host;

/// <summary>
/// Answers every failure as problem+json: what the framework refuses without a body, what the database cannot do just now, and, as
/// the last resort, an exception (logged with its trace id, told without its text).
/// </summary>
internal sealed class FailureMiddleware(RequestDelegate next, DiskReserve reserve, ILogger<FailureMiddleware> logger)
{
    public async Task Invoke(HttpContext context)
    {
        try
        {
            await next(context);
            if (context.Response is { HasStarted: false, StatusCode: >= 400, ContentType: null, ContentLength: null })
            {
                await Problems.Write(context, ForStatus(context.Response.StatusCode));
            }
        }
        catch (OperationCanceledException) when (context.RequestAborted.IsCancellationRequested)
        {
            context.Abort();
        }
        catch (Exception e) when (!context.Response.HasStarted)
        {
            var error = Classify(e);
            if (error.Code == ErrorCodes.Internal)
            {
                logger.LogError(e, "Unhandled failure in {Method} {Route}", context.Request.Method, RequestRoute.Of(context) ?? "");
            }

            if (error.Code == ErrorCodes.Unavailable)
            {
                logger.LogWarning("{Method} {Route} was not available: {Reason}", context.Request.Method, RequestRoute.Of(context) ?? "", $"{e.GetBaseException().GetType().Name}: {e.GetBaseException().Message}");
            }

            if (error.Code == ErrorCodes.InsufficientStorage)
            {
                reserve.Spend();
            }

            context.Response.Clear();
            SecurityHeadersMiddleware.Apply(context);
            await Problems.Write(context, error);
        }
    }

    private static Error Classify(Exception e) => e switch
    {
        BadHttpRequestException { StatusCode: 413 } => new(ErrorCodes.TooLarge, "The body is larger than this route takes."),
        BadHttpRequestException { StatusCode: 415 } => new(ErrorCodes.UnsupportedMedia, "Send JSON with Content-Type: application/json."),
        BadHttpRequestException bad => BadRequest(bad),
        _ => DatabaseFailures.Classify(e) ?? new(ErrorCodes.Internal, "Something went wrong on the server. Try again; if it stays, tell the operator the trace id."),
    };

    private static Error BadRequest(BadHttpRequestException e) => e.InnerException is System.Text.Json.JsonException { Path: { Length: > 2 } path }
        ? Error.Validation(path[2..], "This member is missing, doubled, or has the wrong type.")
        : new(ErrorCodes.Validation, "The request cannot be read: a parameter or the JSON body is malformed.");

    private static Error ForStatus(int status) => status switch
    {
        401 => Error.Unauthenticated(),
        403 => Error.Forbidden("You may not do this."),
        404 => Error.NotFound,
        405 => new(ErrorCodes.MethodNotAllowed, "This route does not take that method."),
        415 => new(ErrorCodes.UnsupportedMedia, "Send JSON with Content-Type: application/json."),
        _ => new(ErrorCodes.ForStatus(status), "The request cannot be handled."),
    };
}
