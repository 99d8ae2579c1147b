using System.ComponentModel.DataAnnotations;
using System.Net;

namespace ChatMonolith.Auth.Requests;

/// <summary>Section <c>Server</c>: how the world reaches this server.</summary>
internal sealed class ServerOptions : IValidatableObject
{
    public const string Section = "Server";

    /// <summary>What clients show as the server's name.</summary>
    [Required, StringLength(80)]
    public string Name { get; set; } = "ChatMonolith";

    /// <summary>The address that people type, such as <c>https://chat.example.org</c>; empty: as the request says.</summary>
    public string PublicUrl { get; set; } = "";

    /// <summary>Proxies (addresses or networks such as <c>10.0.0.0/8</c>) whose <c>X-Forwarded-*</c> headers are believed. Nobody's by default.</summary>
    public string[] TrustedProxies { get; set; } = [];

    /// <summary>The origin of <see cref="PublicUrl"/>; null when it is not set.</summary>
    public string? PublicOrigin => Origins.TryParse(PublicUrl, out var origin) ? origin : null;

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext)
    {
        if (PublicUrl.Length > 0 && !Origins.TryParse(PublicUrl, out _))
        {
            yield return new ValidationResult($"Server:PublicUrl is \"{PublicUrl}\"; it must be an absolute http or https address without a path, such as https://chat.example.org.", [nameof(PublicUrl)]);
        }

        foreach (var proxy in TrustedProxies.Where(p => !IPAddress.TryParse(p, out _) && !IPNetwork.TryParse(p, out _)))
        {
            yield return new ValidationResult($"Server:TrustedProxies has \"{proxy}\"; each must be an IP address or a network such as 10.0.0.0/8.", [nameof(TrustedProxies)]);
        }
    }
}

/// <summary>Section <c>Cors</c>.</summary>
internal sealed class CorsOptions : IValidatableObject
{
    public const string Section = "Cors";

    /// <summary>Origins besides the server's own whose pages may call it, with cookies. Exact: no wildcards.</summary>
    public string[] AllowedOrigins { get; set; } = [];

    public IEnumerable<ValidationResult> Validate(ValidationContext validationContext) =>
        AllowedOrigins.Where(o => !Origins.TryParse(o, out _)).Select(o =>
            new ValidationResult($"Cors:AllowedOrigins has \"{o}\"; each must be an origin such as https://app.example.org, without a path or a wildcard.", [nameof(AllowedOrigins)]));
}

internal static class Origins
{
    /// <summary>Reads an http or https origin into the form that browsers send (RFC 6454: lower case, no default port, no slash).</summary>
    public static bool TryParse(string? text, out string origin)
    {
        origin = "";
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Scheme is not ("http" or "https")
            || uri.PathAndQuery != "/" || uri.Fragment.Length > 0 || uri.UserInfo.Length > 0 || uri.Host.Contains('*', StringComparison.Ordinal))
        {
            return false;
        }

        origin = uri.GetLeftPart(UriPartial.Authority);
        return true;
    }
}
