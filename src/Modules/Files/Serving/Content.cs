using System.Buffers;
using System.Globalization;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Files.Blobs;
using ChatMonolith.Files.Kinds;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;

namespace ChatMonolith.Files.Serving;

/// <summary>What is served, and as what.</summary>
internal sealed record Served(Guid BlobId, long Size, string ContentType, string Tag, string Name)
{
    /// <summary>The tag of content with this hash.</summary>
    public static string TagOf(byte[] sha256) => Convert.ToHexStringLower(sha256.AsSpan(0, 16));
}

/// <summary>
/// Content over HTTP (RFC 9110): one range, conditions, a strong tag, and never anything that a browser would run. Several ranges in one
/// request are answered as none: they would only make work.
/// </summary>
/// <param name="content">What.</param>
/// <param name="before">Asked once it is certain that bytes will flow, before the first one; gets whether they begin at the first.</param>
internal sealed class Content(Served content, Func<bool, CancellationToken, Task<Error?>>? before = null) : IResult
{
    private const int BufferBytes = 128 * 1024;

    private static readonly Error Missing = new(ErrorCodes.FileMissing, "The file is known, but its bytes are gone. Ask who sent it to send it again.");

    public async Task ExecuteAsync(HttpContext httpContext)
    {
        var (request, response, ct) = (httpContext.Request, httpContext.Response, httpContext.RequestAborted);
        var tag = new EntityTagHeaderValue($"\"{content.Tag}\"");
        var headers = request.GetTypedHeaders();
        if (headers.IfMatch is { Count: > 0 } wanted && !wanted.Any(t => t.Equals(EntityTagHeaderValue.Any) || t.Compare(tag, useStrongComparison: true)))
        {
            await Problems.Write(httpContext, new Error(ErrorCodes.PreconditionFailed, "The file is another one by now."));
            return;
        }

        if (headers.IfNoneMatch is { Count: > 0 } known && known.Any(t => t.Equals(EntityTagHeaderValue.Any) || t.Compare(tag, useStrongComparison: false)))
        {
            Describe(response, tag);
            response.StatusCode = StatusCodes.Status304NotModified;
            return;
        }

        var range = headers.IfRange is { } condition && condition.EntityTag?.Compare(tag, useStrongComparison: true) != true ? null : OneRange(headers.Range);
        var (from, count) = range is null ? (0, content.Size) : Bounds(range);
        if (range is not null && count <= 0)
        {
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{content.Size}");
            await Problems.Write(httpContext, new Error(ErrorCodes.RangeNotSatisfiable, string.Create(CultureInfo.InvariantCulture, $"The file has {content.Size} bytes.")));
            return;
        }

        var blobs = httpContext.RequestServices.GetRequiredService<IBlobStore>();
        var isHead = HttpMethods.IsHead(request.Method);
        await using var bytes = isHead ? null : await blobs.Read(content.BlobId, from, count, ct);
        if (isHead ? await blobs.Length(content.BlobId, ct) is null : bytes is null)
        {
            httpContext.RequestServices.GetRequiredService<ILogger<Content>>().LogError("The bytes {BlobId} of a file are missing", content.BlobId);
            await Problems.Write(httpContext, Missing);
            return;
        }

        if (!isHead && before is not null && await before(from == 0, ct) is { } refusal)
        {
            await Problems.Write(httpContext, refusal);
            return;
        }

        Describe(response, tag);
        response.ContentType = Shown(content.ContentType);
        response.ContentLength = count;
        if (range is not null)
        {
            response.StatusCode = StatusCodes.Status206PartialContent;
            response.Headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes {from}-{from + count - 1}/{content.Size}");
        }

        if (bytes is not null)
        {
            httpContext.Features.Get<IHttpResponseBodyFeature>()?.DisableBuffering();
            await Copy(bytes, response.Body, count, ct);
        }
    }

    private static RangeItemHeaderValue? OneRange(RangeHeaderValue? header) => header is { Ranges: { Count: 1 } ranges } && header.Unit == "bytes" ? ranges.First() : null;

    /// <summary>Plain text is shown as UTF-8; what a browser could run is shown as nothing.</summary>
    private static string Shown(string contentType) =>
        contentType is Signature.PlainText ? "text/plain; charset=utf-8" : Signature.IsInert(contentType) ? contentType : Signature.Unknown;

    private static async Task Copy(Stream from, Stream to, long count, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
        try
        {
            while (count > 0)
            {
                var read = await from.ReadAsync(buffer.AsMemory(0, (int)Math.Min(BufferBytes, count)), ct);
                if (read == 0)
                {
                    throw new IOException("A blob ends before its length.");
                }

                await to.WriteAsync(buffer.AsMemory(0, read), ct);
                count -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private (long From, long Count) Bounds(RangeItemHeaderValue range)
    {
        if (range.From is not { } from)
        {
            var last = Math.Min(range.To ?? 0, content.Size);
            return (content.Size - last, last);
        }

        var to = Math.Min(range.To ?? long.MaxValue, content.Size - 1);
        return (from, to - from + 1);
    }

    private void Describe(HttpResponse response, EntityTagHeaderValue tag)
    {
        var headers = response.Headers;
        headers.ETag = tag.ToString();
        headers.AcceptRanges = "bytes";
        headers.CacheControl = "private, no-cache";
        headers.ContentDisposition = Disposition.Of(content.Name, inline: Signature.IsInert(content.ContentType));
        headers.ContentSecurityPolicy = "default-src 'none'; sandbox";
        headers.XContentTypeOptions = "nosniff";
        headers["Cross-Origin-Resource-Policy"] = "same-origin";
    }
}
