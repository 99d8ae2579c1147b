namespace ChatMonolith.Host;

/// <summary>Headers that every answer carries, errors too (OWASP ASVS 5.0, V3.4).</summary>
internal sealed class SecurityHeadersMiddleware(RequestDelegate next)
{
    /// <summary>No inline script or style, no foreign origin, and DOM sinks only through the one Trusted Types policy.</summary>
    internal const string ContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self'; font-src 'self'; connect-src 'self'; manifest-src 'self'; "
        + "worker-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types chat";

    /// <summary>The page that encrypts files of the device, and its worker, can connect to nothing at all.</summary>
    internal const string LocalContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src data:; connect-src 'none'; worker-src 'self'; base-uri 'none'; form-action 'none'; "
        + "frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; trusted-types chat";

    /// <summary>The API page is the one exception: its viewer is a packaged component with an inline script and styles of its own.</summary>
    private const string DocsContentSecurityPolicy =
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'";

    public Task Invoke(HttpContext context)
    {
        Apply(context);
        return next(context);
    }

    public static void Apply(HttpContext context)
    {
        var headers = context.Response.Headers;
        headers.ContentSecurityPolicy = PolicyFor(context.Request.Path);
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers["Cross-Origin-Opener-Policy"] = "same-origin";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
        headers.XFrameOptions = "DENY";
        headers["Permissions-Policy"] = "camera=(), geolocation=(), microphone=()";
        if (context.Request.IsHttps)
        {
            headers.StrictTransportSecurity = "max-age=31536000; includeSubDomains";
        }

        if (context.Request.Path.StartsWithSegments("/api", StringComparison.Ordinal))
        {
            headers.CacheControl = "no-store";
        }
    }

    private static string PolicyFor(PathString path) =>
        path.StartsWithSegments("/docs", StringComparison.Ordinal) ? DocsContentSecurityPolicy : IsLocal(path) ? LocalContentSecurityPolicy : ContentSecurityPolicy;

    /// <summary><c>/local</c>, and what lies in the folder of that name below a version.</summary>
    private static bool IsLocal(PathString path) =>
        path.StartsWithSegments("/local", StringComparison.Ordinal) || path.Equals("/local.html", StringComparison.Ordinal) || (path.StartsWithSegments("/v", StringComparison.Ordinal, out var rest) && rest.Value!.IndexOf("/local/", StringComparison.Ordinal) > 0);
}
