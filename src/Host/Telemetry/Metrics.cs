using System.Text;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Security;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Host.Telemetry;

/// <summary><c>/metrics</c>: figures for this machine, or for who holds the token; to everybody else there is no such page.</summary>
internal static class Metrics
{
    private const string Scheme = "Bearer ";

    public static void AddTelemetry(this WebApplicationBuilder builder)
    {
        var section = builder.Configuration.GetSection(TelemetryOptions.Section);
        builder.Services.AddOptions<TelemetryOptions>().Bind(section).ValidateDataAnnotations().ValidateOnStart();
        builder.Services.AddSingleton<Pipeline>().AddHostedService(provider => provider.GetRequiredService<Pipeline>());
        if (section.GetValue<LogFormat>(nameof(TelemetryOptions.LogFormat)) is LogFormat.Json)
        {
            builder.Logging.AddJsonConsole(console =>
            {
                console.IncludeScopes = true;
                console.UseUtcTimestamp = true;
                console.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z'";
            });
        }
    }

    public static void MapMetrics(this WebApplication app) =>
        app.MapGet("/metrics", (HttpContext context, Pipeline pipeline, IOptions<TelemetryOptions> options) =>
                !MayRead(context, options.Value.MetricsToken) ? Error.NotFound.ToProblem()
                : pipeline.Read() is { } text ? Results.Text(text, PrometheusText.ContentType, Encoding.UTF8)
                : Error.Unavailable("The server is still starting.").ToProblem())
            .AllowAnonymous().ExcludeFromDescription();

    private static bool MayRead(HttpContext context, string token)
    {
        var given = context.Request.Headers.Authorization.ToString();
        return given.StartsWith(Scheme, StringComparison.Ordinal)
            ? token.Length > 0 && Secrets.AreEqual(Secrets.Hash(given[Scheme.Length..]), Secrets.Hash(token))
            : LocalRequest.Is(context);
    }
}
