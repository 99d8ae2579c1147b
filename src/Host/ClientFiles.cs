namespace ChatMonolith.Host;

/// <summary>The web client: its files below the name of its version, and its shell for every address that is a page of it.</summary>
internal static class ClientFiles
{
    private const string Versioned = "/v";
    private const string Worker = "/sw.js";
    private const string Local = "/local";
    private const string Transfer = "/t";

    /// <summary>What is behind such an address never changes.</summary>
    private const string ForEver = "public, max-age=31536000, immutable";

    /// <summary>Asked for again each time, by ETag.</summary>
    private const string Revalidated = "no-cache";

    private static readonly string[] ServerPaths = ["/api", "/ws", "/health", "/openapi", "/docs", "/metrics"];

    /// <summary>
    /// The client's files travel compressed. Answers of the API never do: compression beside secrets tells their length (BREACH).
    /// </summary>
    public static void AddClientFiles(this IServiceCollection services)
    {
        services.AddResponseCompression(o =>
        {
            o.EnableForHttps = true;
            o.MimeTypes = ["text/html", "text/css", "text/javascript", "application/javascript", "image/svg+xml", "application/manifest+json"];
        });

        // Read when the first page is asked for, so that a start does not wait for it.
        services.AddSingleton(_ => new Lazy<ClientAssets>(() => ClientAssets.Read(Carried.Client(), SecurityHeadersMiddleware.ContentSecurityPolicy + SecurityHeadersMiddleware.LocalContentSecurityPolicy, ServerPaths)));
    }

    public static void UseClientFiles(this WebApplication app)
    {
        app.Use(SendVersioned);
        app.UseWhen(context => !IsServerPath(context.Request.Path), branch => branch.UseResponseCompression());
        app.UseStaticFiles(new StaticFileOptions
        {
            FileProvider = Carried.Client(),
            OnPrepareResponse = file => file.Context.Response.Headers.CacheControl = Revalidated,
        });
    }

    /// <summary>A file of this version, or the service worker. Of any other version there is nothing here.</summary>
    private static Task SendVersioned(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path;
        var isWorker = path.Equals(Worker, StringComparison.Ordinal);
        if (!IsRead(context.Request) || (!isWorker && !path.StartsWithSegments(Versioned, StringComparison.Ordinal)))
        {
            return next(context);
        }

        var assets = Assets(context);
        if (isWorker)
        {
            return assets.Worker.Send(context, Revalidated);
        }

        var prefix = $"{Versioned}/{assets.Version}/";
        return path.Value!.StartsWith(prefix, StringComparison.Ordinal) && assets.Find(path.Value[prefix.Length..]) is { } file
            ? file.Send(context, ForEver)
            : NotFound(context);
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

    private static Task SendShell(HttpContext context) => PageFor(context.Request.Path, Assets(context)).Send(context, Revalidated);

    private static ClientAsset PageFor(PathString path, ClientAssets assets) =>
        path.Equals(Local, StringComparison.Ordinal) ? assets.Local : path.StartsWithSegments(Transfer, StringComparison.Ordinal) ? assets.Transfer : assets.Shell;

    private static ClientAssets Assets(HttpContext context) => context.RequestServices.GetRequiredService<Lazy<ClientAssets>>().Value;

    private static Task NotFound(HttpContext context)
    {
        context.Response.StatusCode = StatusCodes.Status404NotFound;
        return Task.CompletedTask;
    }

    private static bool IsPage(HttpRequest request) =>
        IsRead(request)
        && !Path.HasExtension(request.Path.Value)
        && !IsServerPath(request.Path);

    private static bool IsRead(HttpRequest request) => HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method);

    private static bool IsServerPath(PathString path) => ServerPaths.Any(p => path.StartsWithSegments(p, StringComparison.OrdinalIgnoreCase));
}
