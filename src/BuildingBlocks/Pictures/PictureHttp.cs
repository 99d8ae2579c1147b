using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Net.Http.Headers;

namespace ChatMonolith.BuildingBlocks.Pictures;

/// <summary>How pictures come in and go out over HTTP.</summary>
public static class PictureHttp
{
    /// <summary>
    /// The route takes a body of the size of a picture, whatever the server's own bound is. A body that is somewhat too large is still
    /// taken off the connection, so that its sender reads the answer instead of a broken connection.
    /// </summary>
    public static RouteHandlerBuilder TakesPicture(this RouteHandlerBuilder route) => route.WithMetadata(new RequestSizeLimitAttribute(4 * Picture.MaxBytes)).InClass(RouteClass.Costly);

    /// <returns>The picture in the body, or <c>too_large</c>, <c>unsupported_media</c>, <c>validation</c>.</returns>
    public static async Task<Result<Picture>> ReadPicture(this HttpRequest request, CancellationToken ct)
    {
        using var file = new MemoryStream();
        if (!(request.ContentLength > Picture.MaxBytes))
        {
            await request.Body.CopyToAsync(file, ct).ConfigureAwait(false);
        }

        if ((request.ContentLength ?? file.Length) > Picture.MaxBytes)
        {
            return new Error(ErrorCodes.TooLarge, $"A picture has at most {Picture.MaxBytes / 1024 / 1024} MiB.");
        }

        return Picture.Read(file.GetBuffer().AsSpan(0, (int)file.Length));
    }

    /// <summary>
    /// The picture, to be asked for again each time (it costs a header while it is the same), and never anything but a picture: what a
    /// person sent is opened here under this server's own address.
    /// </summary>
    public static IResult Show(byte[] bytes, string contentType, string version) => new PictureResult(bytes, contentType, version);

    private sealed class PictureResult(byte[] bytes, string contentType, string version) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            var headers = httpContext.Response.Headers;
            headers.CacheControl = "private, no-cache";
            headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
            headers.XContentTypeOptions = "nosniff";
            headers.ContentDisposition = "inline; filename=\"avatar\"";
            return Results.Bytes(bytes, contentType, entityTag: new EntityTagHeaderValue($"\"{version}\"")).ExecuteAsync(httpContext);
        }
    }
}
