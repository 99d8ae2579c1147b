using Microsoft.Extensions.FileProviders;

namespace ChatMonolith.Host;

/// <summary>The web client: its files as they are, and its shell for every address that is a page of it.</summary>
internal static class ClientFiles
{
    private static readonly string[] ServerPaths = ["/api", "/ws", "/health", "/openapi", "/docs", "/metrics"];

    /// <summary>
    /// The client's files travel compressed. Answers of the API never do: compression beside secrets tells their length (BREACH).
    /// </summary>
    public static void AddClientFiles(this IServiceCollection services) =>
        services.AddResponseCompression(o =>
        {
            o.EnableForHttps = true;
            o.MimeTypes = ["text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/manifest+json"];
        });

    public static void UseClientFiles(this WebApplication app)
    {
        app.UseWhen(context => !IsServerPath(context.Request.Path), branch => branch.UseResponseCompression());
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, "wwwroot")),

            // Revalidated each time by ETag: an update never mixes two versions.
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache",
        });
    }

    /// <summary>
    /// Answers what the router found no route for: a page of the client, the router's own refusal of a method, or 404. No fallback
    /// route, since one that matches every path would take the 405 of all others; and before authorization, whose policy for
    /// routes that forgot theirs would ask for a login.
    /// </summary>
    public static void UseClientPages(this WebApplication app) => app.Use((context, next) => context.GetEndpoint() switch
    {
        RouteEndpoint => next(context),
        { RequestDelegate: { } refuse } => refuse(context),
        _ when IsPage(context.Request) => SendShell(context),
        _ => NotFound(context),
    });

    private static Task SendShell(HttpContext context)
    {
        context.Response.ContentType = "text/html; charset=utf-8";
        context.Response.Headers.CacheControl = "no-cache";
        return context.Response.SendFileAsync(Path.Combine(AppContext.BaseDirectory, "wwwroot", "index.html"), context.RequestAborted);
    }

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static bool IsPage(HttpRequest request) =>
        (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method))
        && !Path.HasExtension(request.Path.Value)
        && !IsServerPath(request.Path);

    private static bool IsServerPath(PathString path) => ServerPaths.Any(p => path.StartsWithSegments(p, StringComparison.OrdinalIgnoreCase));
}
