using Microsoft.Extensions.FileProviders;

namespace ChatMonolith.Host;

/// <summary>The web client: its files as they are, and its shell for every address that is a page of it.</summary>
internal static class ClientFiles
{
    private static readonly string[] ServerPaths = ["/api", "/ws", "/health", "/openapi", "/docs", "/metrics"];

    public static void UseClientFiles(this WebApplication app) =>
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = new PhysicalFileProvider(Path.Combine(AppContext.BaseDirectory, "wwwroot")),

            // Revalidated each time by ETag: an update never mixes two versions.
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = "no-cache",
        });

    public static void MapClient(this WebApplication app) =>
        app.MapFallback(async context =>
        {
            var isPage = HttpMethods.IsGet(context.Request.Method) || HttpMethods.IsHead(context.Request.Method);
            if (!isPage || IsServerPath(context.Request.Path) || Path.HasExtension(context.Request.Path.Value))
            {
                context.Response.StatusCode = StatusCodes.Status404NotFound;
                return;
            }

            context.Response.ContentType = "text/html; charset=utf-8";
            context.Response.Headers.CacheControl = "no-cache";
            await context.Response.SendFileAsync(Path.Combine(AppContext.BaseDirectory, "wwwroot", "index.html"), context.RequestAborted);
        }).AllowAnonymous();

    private static bool IsServerPath(PathString path) => ServerPaths.Any(p => path.StartsWithSegments(p, StringComparison.OrdinalIgnoreCase));
}
