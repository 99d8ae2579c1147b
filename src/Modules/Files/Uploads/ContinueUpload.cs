using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;

namespace ChatMonolith.Files.Uploads;

/// <summary>Appends to an upload.</summary>
internal static class ContinueUpload
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPatch("/uploads/{id:id}", (Guid id, HttpContext context, Caller caller, Receiving receiving, DiskReserve reserve, CancellationToken ct) => Patch(id, context, caller, receiving, reserve, ct))
            .WithMetadata(new DisableRequestSizeLimitAttribute())
            .WithTags("Uploads").WithSummary("Append bytes to an upload (tus 1.0.0)")
            .WithDescription(
                """
                Content-Type: application/offset+octet-stream; Upload-Offset says where the bytes belong. What arrived before a connection was cut is kept. With
                Upload-Checksum (sha256) the bytes of this request are kept whole or not at all. The last byte makes the file, and its message if it goes to a room or a
                person, before the answer; where that is refused (slow mode, quota), the bytes stay and the same request without a body tries again.
                """)
            .Produces(204).ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(410).ProducesProblem(412).ProducesProblem(413).ProducesProblem(415).ProducesProblem(460).ProducesProblem(507);

        // For clients behind something that lets no other method pass (tus 1.0.0, X-HTTP-Method-Override).
        api.MapPost("/uploads/{id:id}", async (Guid id, HttpContext context, Caller caller, Receiving receiving, DiskReserve reserve, CancellationToken ct) =>
                context.Request.Headers["X-HTTP-Method-Override"].ToString() switch
                {
                    "PATCH" => await Patch(id, context, caller, receiving, reserve, ct),
                    "DELETE" => await EndUpload.Delete(id, context, caller, receiving, ct),
                    _ => new Error(ErrorCodes.MethodNotAllowed, "Send X-HTTP-Method-Override: PATCH or DELETE, or use the method itself.").ToProblem(),
                })
            .WithMetadata(new DisableRequestSizeLimitAttribute())
            .WithTags("Uploads").WithSummary("PATCH or DELETE by X-HTTP-Method-Override").Produces(204).ProducesProblem(405);
    }

    private static async Task<IResult> Patch(Guid id, HttpContext context, Caller caller, Receiving receiving, DiskReserve reserve, CancellationToken ct)
    {
        if (Tus.Begin(context) is { } refused)
        {
            return refused.ToProblem();
        }

        if (context.Request.ContentType != Tus.BodyType)
        {
            return new Error(ErrorCodes.UnsupportedMedia, $"Send Content-Type: {Tus.BodyType}.").ToProblem();
        }

        var offset = Tus.Number(context.Request, "Upload-Offset");
        var checksum = offset.IsOk ? Tus.Checksum(context.Request) : offset.Error;
        if (!checksum.IsOk)
        {
            return checksum.Error.ToProblem();
        }

        if (reserve.IsSpent)
        {
            return DiskReserve.DiskFull.ToProblem();
        }

        var progress = await receiving.Append(id, caller, offset.Value, context.Request.Body, context.Request.ContentLength, checksum.Value, ct);
        if (!progress.IsOk)
        {
            return progress.Error.ToProblem();
        }

        Tus.Tell(context.Response, progress.Value.Offset, progress.Value.ExpiresAt, progress.Value.IsComplete);
        return Results.NoContent();
    }
}
