using System.Globalization;
using System.Text;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using Microsoft.AspNetCore.Http;

namespace ChatMonolith.Files.Uploads;

/// <summary>The words of tus 1.0.0 (tus.io/protocols/resumable-upload), the resumable upload protocol.</summary>
internal static class Tus
{
    public const string Version = "1.0.0";
    public const string Extensions = "creation,creation-with-upload,termination,checksum,expiration";
    public const string BodyType = "application/offset+octet-stream";
    private const int MaxMetadataKeys = 20;
    private static readonly UTF8Encoding Strict = new(false, throwOnInvalidBytes: true);

    /// <summary>Every answer names the protocol; a request that speaks another one is refused.</summary>
    public static Error? Begin(HttpContext context)
    {
        context.Response.Headers["Tus-Resumable"] = Version;
        context.Response.Headers.CacheControl = "no-store";
        if (context.Request.Headers["Tus-Resumable"] == Version)
        {
            return null;
        }

        context.Response.Headers["Tus-Version"] = Version;
        return new Error(ErrorCodes.PreconditionFailed, $"Send Tus-Resumable: {Version}.");
    }

    public static void Describe(HttpResponse response, long maxBytes)
    {
        response.Headers["Tus-Resumable"] = Version;
        response.Headers["Tus-Version"] = Version;
        response.Headers["Tus-Extension"] = Extensions;
        response.Headers["Tus-Checksum-Algorithm"] = "sha256";
        response.Headers["Tus-Max-Size"] = maxBytes.ToString(CultureInfo.InvariantCulture);
    }

    public static void Tell(HttpResponse response, long offset, long expiresAt, bool isComplete)
    {
        response.Headers["Upload-Offset"] = offset.ToString(CultureInfo.InvariantCulture);
        if (!isComplete)
        {
            response.Headers["Upload-Expires"] = DateTimeOffset.FromUnixTimeMilliseconds(expiresAt).ToString("R", CultureInfo.InvariantCulture);
        }
    }

    /// <summary>A count of bytes: digits, and nothing else.</summary>
    public static Result<long> Number(HttpRequest request, string header) =>
        request.Headers[header] is [{ Length: > 0 and < 20 } text] && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            ? number
            : Error.Validation(header, $"Send {header} once, as a number of bytes.");

    /// <summary>Null for a request without one.</summary>
    public static Result<byte[]?> Checksum(HttpRequest request)
    {
        if (request.Headers["Upload-Checksum"] is not { Count: > 0 } header)
        {
            return Result<byte[]?>.Of(null);
        }

        var words = header.ToString().Split(' ');
        var sum = new byte[32];
        return words is ["sha256", var text] && Convert.TryFromBase64String(text, sum, out var length) && length == sum.Length
            ? Result<byte[]?>.Of(sum)
            : Error.Validation("Upload-Checksum", "Send Upload-Checksum as sha256, a space, and the 32 bytes in base64.");
    }

    public static Result<IReadOnlyDictionary<string, string>> Metadata(string header)
    {
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in header.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            var words = pair.Split(' ', StringSplitOptions.RemoveEmptyEntries);
            if (words.Length is 0 or > 2 || values.Count == MaxMetadataKeys || !TryDecode(words.Length == 2 ? words[1] : "", out var value) || !values.TryAdd(words[0], value))
            {
                return Error.Validation("Upload-Metadata", "Upload-Metadata has pairs of a key and a value of UTF-8 in base64, apart by commas; each key once, 20 at most.");
            }
        }

        return values;
    }

    private static bool TryDecode(string base64, out string value)
    {
        value = "";
        var bytes = new byte[base64.Length];
        if (!Convert.TryFromBase64String(base64, bytes, out var length))
        {
            return false;
        }

        try
        {
            value = Strict.GetString(bytes, 0, length);
            return true;
        }
        catch (DecoderFallbackException)
        {
            return false;
        }
    }
}
