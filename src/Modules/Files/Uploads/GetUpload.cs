using System.Globalization;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Files.Data;
using ChatMonolith.Files.Intake;
using ChatMonolith.Files.Listing;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files.Uploads;

/// <summary>Where an upload stands, and what it became.</summary>
internal static class GetUpload
{
    public static void Map(IEndpointRouteBuilder api)
    {
        foreach (var path in (string[])["/uploads", "/uploads/{id:id}"])
        {
            api.MapMethods(path, [HttpMethods.Options], (HttpResponse response, Quota quota) =>
                {
                    Tus.Describe(response, quota.MaxFileBytes);
                    return Results.NoContent();
                })
                .AllowAnonymous().WithTags("Uploads").WithSummary("What this server takes (tus 1.0.0)").Produces(204);
        }

        api.MapMethods("/uploads/{id:id}", [HttpMethods.Head], async (Guid id, HttpContext context, Caller caller, Receiving receiving, CancellationToken ct) =>
            {
                if (Tus.Begin(context) is { } refused)
                {
                    return refused.ToProblem();
                }

                var progress = await receiving.Look(id, caller, ct);
                if (!progress.IsOk)
                {
                    return progress.Error.ToProblem();
                }

                Tus.Tell(context.Response, progress.Value.Offset, progress.Value.ExpiresAt, progress.Value.IsComplete);
                context.Response.Headers["Upload-Length"] = progress.Value.Length.ToString(CultureInfo.InvariantCulture);
                if (await receiving.Find(id, caller.UserId, ct) is { IsOk: true, Value.Metadata: { Length: > 0 } metadata })
                {
                    context.Response.Headers["Upload-Metadata"] = metadata;
                }

                return Results.Ok();
            })
            .WithTags("Uploads").WithSummary("Where an upload stands (tus 1.0.0)").Produces(200).ProducesProblem(404).ProducesProblem(410).ProducesProblem(412);
        api.MapGet("/uploads/{id:id}", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(id, caller), ct)).ToOk())
            .WithTags("Uploads").WithSummary("What an upload became: its file and message, once it is complete").Produces<UploadView>().ProducesProblem(404);
    }

    /// <param name="Id">The upload's, and its file's.</param>
    /// <param name="Offset">Bytes that are durable.</param>
    /// <param name="Length">Bytes that there will be.</param>
    /// <param name="ExpiresAt">When it is forgotten if nothing comes.</param>
    /// <param name="IsComplete">It has become a file.</param>
    /// <param name="File">That file; null before, and once it is gone.</param>
    /// <param name="MessageId">The message that shows it.</param>
    public sealed record UploadView(Guid Id, long Offset, long Length, Instant ExpiresAt, bool IsComplete, FileView? File, Guid? MessageId);

    public sealed record Query(Guid Id, Caller Caller) : IRequest<Result<UploadView>>;

    internal sealed class Handler(FilesDb db) : IRequestHandler<Query, Result<UploadView>>
    {
        public async Task<Result<UploadView>> Handle(Query request, CancellationToken cancellationToken)
        {
            var row = await db.Uploads.AsNoTracking().SingleOrDefaultAsync(u => u.Id == request.Id && u.OwnerId == request.Caller.UserId, cancellationToken);
            if (row is null)
            {
                return Error.NotFound;
            }

            var file = row.FileId is null ? null : await db.Files.AsNoTracking().SingleOrDefaultAsync(f => f.Id == row.FileId && f.OwnerId == row.OwnerId, cancellationToken);
            return new UploadView(row.Id, row.Offset, row.Length, row.ExpiresAt, row.FileId is not null, file?.ToView(), row.MessageId);
        }
    }
}
