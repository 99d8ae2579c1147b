using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using ChatMonolith.BuildingBlocks.Errors;
using Microsoft.AspNetCore.Http;

namespace ChatMonolith.BuildingBlocks.Http;

/// <summary>The one place where an <see cref="Error"/> becomes an HTTP answer (RFC 9457 <c>application/problem+json</c>).</summary>
public static class Problems
{
    public static IResult ToProblem(this Error error) => new ProblemResult(error);

    public static IResult ToHttp<T>(this Result<T> result, Func<T, IResult> ok) => result.IsOk ? ok(result.Value) : result.Error.ToProblem();

    /// <summary>200 with the value, or the problem.</summary>
    public static IResult ToOk<T>(this Result<T> result) => result.ToHttp(value => Results.Ok(value));

    /// <summary>204, or the problem.</summary>
    public static IResult ToNoContent<T>(this Result<T> result) => result.ToHttp(_ => Results.NoContent());

    public static async Task Write(HttpContext context, Error error)
    {
        var response = context.Response;
        response.StatusCode = ErrorCodes.StatusOf(error.Code);
        response.ContentType = "application/problem+json; charset=utf-8";
        response.Headers.CacheControl = "no-store";
        if (error.RetryAfter is { } wait)
        {
            response.Headers.RetryAfter = Math.Max(1, (int)Math.Ceiling(wait.TotalSeconds)).ToString(CultureInfo.InvariantCulture);
        }

        var body = new Dictionary<string, object?>(StringComparer.Ordinal)
        {
            ["type"] = "about:blank",
            ["title"] = ErrorCodes.TitleOf(error.Code),
            ["status"] = response.StatusCode,
            ["detail"] = error.Detail,
            ["code"] = error.Code,
            ["traceId"] = Activity.Current?.TraceId.ToString() ?? context.TraceIdentifier,
        };
        if (error.Fields is not null)
        {
            body["errors"] = error.Fields;
        }

        foreach (var (name, value) in error.Extensions ?? new Dictionary<string, object?>(StringComparer.Ordinal))
        {
            body[name] = value;
        }

        await JsonSerializer.SerializeAsync(response.Body, body, Json.Http, context.RequestAborted).ConfigureAwait(false);
    }

    private sealed class ProblemResult(Error error) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext) => Write(httpContext, error);
    }
}
