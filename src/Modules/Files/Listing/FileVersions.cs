using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Files.Data;
using ChatMonolith.Files.Intake;
using ChatMonolith.Files.Uploads;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files.Listing;

/// <summary>Newer content for a file; the earlier ones stay.</summary>
internal static class FileVersions
{
    private const int MostVersions = 100;

    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapPost("/files/{id:id}/versions", async (Guid id, HttpContext context, Caller caller, PostFile.FormFile form, FilesDb db, IMediator mediator, CancellationToken ct) =>
            {
                // Before the body is read: a stranger's bytes are not worth reading.
                if (!await db.Files.AnyAsync(f => f.Id == id && f.OwnerId == caller.UserId, ct))
                {
                    return Error.NotFound.ToProblem();
                }

                var read = await form.Read(context.Request, static (_, _) => Task.FromResult<Result<Destination>>(Destination.Private), ct);
                if (!read.IsOk)
                {
                    return read.Error.ToProblem();
                }

                var added = await mediator.Send(new Add(id, read.Value.File, caller), CancellationToken.None);
                if (!added.IsOk)
                {
                    await form.Forget(read.Value.File);
                }

                return added.ToHttp(file => Results.Created($"/api/v1/files/{id}", file));
            })
            .WithMetadata(new DisableRequestSizeLimitAttribute())
            .WithTags("Files").WithSummary("Store a newer version of a file of one's own")
            .WithDescription("multipart/form-data with file. The earlier content stays, at most 100 of them, and counts in the quota. A room in which the file is hears of it.")
            .Produces<FileView>(201).ProducesProblem(400).ProducesProblem(404).ProducesProblem(409).ProducesProblem(413).ProducesProblem(415).ProducesProblem(507);
        api.MapGet("/files/{id:id}/versions", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) => (await mediator.Send(new Query(id, caller), ct)).ToOk())
            .WithTags("Files").WithSummary("A file's versions, newest first").WithDescription("Their bytes: GET /files/{id}/content?version=.").Produces<Items<VersionView>>().ProducesProblem(404);
    }

    public sealed record VersionView(int Version, string Name, long Size, string ContentType, string Sha256, bool Encrypted, Instant CreatedAt);

    internal sealed record Add(Guid Id, NewFile File, Caller Caller) : IRequest<Result<FileView>>;

    public sealed record Query(Guid Id, Caller Caller) : IRequest<Result<Items<VersionView>>>;

    internal sealed class AddHandler(IRoomLog log, IFileMessages messages, Quota quota) : IRequestHandler<Add, Result<FileView>>
    {
        public Task<Result<FileView>> Handle(Add request, CancellationToken cancellationToken) =>
            log.Commit<FileView>(
                async (tx, ct) =>
                {
                    var db = tx.Use<FilesDb>();
                    if (await db.Files.SingleOrDefaultAsync(f => f.Id == request.Id && f.OwnerId == request.Caller.UserId, ct) is not { } file)
                    {
                        return Error.NotFound;
                    }

                    if (file.Version >= MostVersions)
                    {
                        return Error.Conflict($"A file has at most {MostVersions} versions. Send a new file.", ConflictReasons.TooManyVersions);
                    }

                    if (await quota.Refusal(db, file.OwnerId, request.File.Size, exceptUpload: null, ct) is { } full)
                    {
                        return full;
                    }

                    await Replace(db, file, request.File, tx.At, ct);
                    if (file.MessageId is { } messageId)
                    {
                        await messages.FilesChanged(tx, messageId, request.Caller.UserId, ct);
                    }

                    return file.ToView();
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);

        private static async Task Replace(FilesDb db, FileRow file, NewFile newer, long at, CancellationToken ct)
        {
            db.Versions.Add(new VersionRow
            {
                FileId = file.Id,
                Number = file.Version,
                OwnerId = file.OwnerId,
                BlobId = file.BlobId,
                Name = file.Name,
                Size = file.Size,
                ContentType = file.ContentType,
                Sha256 = file.Sha256,
                Width = file.Width,
                Height = file.Height,
                Encrypted = file.Encrypted,
                CreatedAt = file.VersionAt,
            });
            if (file.ThumbnailId is { } thumbnail)
            {
                await FileRemoval.Owe(db, [thumbnail], at, ct);
            }

            (file.BlobId, file.Name, file.NameKey, file.Size, file.ContentType, file.Sha256) = (newer.BlobId, newer.Name, FileRow.Key(newer.Name), newer.Size, newer.ContentType, newer.Sha256);
            (file.Width, file.Height, file.Encrypted, file.ThumbnailId, file.ThumbnailType) = (newer.Width, newer.Height, newer.Encrypted, newer.ThumbnailId, newer.ThumbnailType);
            file.Version++;
            file.VersionAt = at;
            file.MissingAt = null;
            await db.SaveChangesAsync(ct);
        }
    }

    internal sealed class Handler(FileRights rights, FilesDb db) : IRequestHandler<Query, Result<Items<VersionView>>>
    {
        public async Task<Result<Items<VersionView>>> Handle(Query request, CancellationToken cancellationToken)
        {
            var found = await rights.Find(request.Id, request.Caller.UserId, cancellationToken);
            if (!found.IsOk)
            {
                return found.Error;
            }

            var file = found.Value;
            var earlier = await db.Versions.AsNoTracking().Where(v => v.FileId == file.Id).OrderByDescending(v => v.Number).ToListAsync(cancellationToken);
            var now = new VersionView(file.Version, file.Name, file.Size, file.ContentType, Convert.ToHexStringLower(file.Sha256), file.Encrypted, file.VersionAt);
            return new Items<VersionView>(
                [now, .. earlier.Select(v => new VersionView(v.Number, v.Name, v.Size, v.ContentType, Convert.ToHexStringLower(v.Sha256), v.Encrypted, v.CreatedAt))]);
        }
    }
}
