using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.Files.Data;
using ChatMonolith.Files.Serving;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files.Listing;

/// <summary>A file's bytes, to who may see it at this moment.</summary>
internal static class GetContent
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapMethods(
            "/files/{id:id}/content",
            [HttpMethods.Get, HttpMethods.Head],
            async (Guid id, int? version, Caller caller, HttpContext context, IMediator mediator, DownloadLog downloads, CancellationToken ct) =>
            {
                var served = await mediator.Send(new Query(id, version, caller), ct);
                return served.ToHttp(content => new Content(content, (isBegin, _) =>
                {
                    if (isBegin)
                    {
                        downloads.Began(id, caller.UserId, transferId: null, context);
                    }

                    return Task.FromResult<Error?>(null);
                }));
            })
            .WithTags("Files").WithSummary("A file's bytes")
            .WithDescription(
                """
                Streamed; Range (one), If-Range, If-Match and If-None-Match with a strong ETag. Pictures, sound, film and plain text may be shown by a browser, everything else is an attachment of
                unknown type; nothing is ever run. version asks for an earlier one.
                """)
            .Produces(200).Produces(206).Produces(304).ProducesProblem(404).ProducesProblem(410).ProducesProblem(412).ProducesProblem(416);

    internal sealed record Query(Guid Id, int? Version, Caller Caller) : IRequest<Result<Served>>;

    internal sealed class Handler(FileRights rights, FilesDb db) : IRequestHandler<Query, Result<Served>>
    {
        public async Task<Result<Served>> Handle(Query request, CancellationToken cancellationToken)
        {
            var found = await rights.Find(request.Id, request.Caller.UserId, cancellationToken);
            if (!found.IsOk)
            {
                return found.Error;
            }

            var file = found.Value;
            if (request.Version is not { } number || number == file.Version)
            {
                return new Served(file.BlobId, file.Size, file.ContentType, Served.TagOf(file.Sha256), file.Name);
            }

            var version = await db.Versions.AsNoTracking().SingleOrDefaultAsync(v => v.FileId == file.Id && v.Number == number, cancellationToken);
            return version is null ? Error.NotFound : new Served(version.BlobId, version.Size, version.ContentType, Served.TagOf(version.Sha256), version.Name);
        }
    }
}
