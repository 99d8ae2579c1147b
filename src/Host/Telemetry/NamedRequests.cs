using System.Diagnostics;
using ChatMonolith.BuildingBlocks.Http;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Host.Telemetry;

/// <summary>Names the span of a request by its method and its route's template, never by its address (OpenTelemetry's HTTP conventions).</summary>
internal sealed class NamedRequests(RequestDelegate next)
{
    public static void Use(WebApplication app)
    {
        if (app.Services.GetRequiredService<IOptions<TelemetryOptions>>().Value.Sends)
        {
            app.UseMiddleware<NamedRequests>();
        }
    }

    public async Task Invoke(HttpContext context)
    {
        var span = Activity.Current;
        await next(context);
        if (span is { IsAllDataRequested: true })
        {
            var route = RequestRoute.Of(context);
            span.DisplayName = route is null ? context.Request.Method : $"{context.Request.Method} {route}";
            span.SetTag("http.request.method", context.Request.Method);
            span.SetTag("http.route", route);
            span.SetTag("http.response.status_code", context.Response.StatusCode);
            span.SetStatus(context.Response.StatusCode >= 500 ? ActivityStatusCode.Error : ActivityStatusCode.Unset);
        }
    }
}
