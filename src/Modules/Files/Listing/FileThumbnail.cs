using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Pictures;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Files.Blobs;
using ChatMonolith.Files.Data;
using ChatMonolith.Files.Intake;
using ChatMonolith.Files.Kinds;
using ChatMonolith.Files.Serving;
using MediatR;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;

namespace ChatMonolith.Files.Listing;

/// <summary>A small picture of a file. An encrypted file's is encrypted by who sent it, like the file.</summary>
internal static class FileThumbnail
{
    public static void Map(IEndpointRouteBuilder api)
    {
        api.MapGet("/files/{id:id}/thumbnail", async (Guid id, Caller caller, IMediator mediator, CancellationToken ct) =>
            (await mediator.Send(new Query(id, caller), ct)).ToHttp(content => new Content(content)))
            .WithTags("Files").WithSummary("A file's thumbnail").Produces(200).Produces(304).ProducesProblem(404).ProducesProblem(410);
        api.MapPut("/files/{id:id}/thumbnail", async (Guid id, HttpRequest request, Caller caller, FilesDb db, IMediator mediator, CancellationToken ct) =>
            {
                var encrypted = await db.Files.Where(f => f.Id == id && f.OwnerId == caller.UserId).Select(f => (bool?)f.Encrypted).SingleOrDefaultAsync(ct);
                if (encrypted is null)
                {
                    return Error.NotFound.ToProblem();
                }

                var read = encrypted.Value ? await ReadEncrypted(request, ct) : await ReadPicture(request, ct);
                return read.IsOk ? (await mediator.Send(new Command(id, read.Value.Bytes, read.Value.ContentType, caller), ct)).ToOk() : read.Error.ToProblem();
            })
            .TakesPicture()
            .WithTags("Files").WithSummary("Set the thumbnail of a file of one's own")
            .WithDescription("The body is a picture (PNG, JPEG, WebP or GIF; at most 2 MiB and 4,096 pixels a side), of which nothing but the picture is kept; for an encrypted file it is an encrypted file itself.")
            .Produces<FileView>().ProducesProblem(400).ProducesProblem(404).ProducesProblem(413).ProducesProblem(415);
    }

    private static async Task<Result<(byte[] Bytes, string ContentType)>> ReadPicture(HttpRequest request, CancellationToken ct)
    {
        var picture = await request.ReadPicture(ct);
        return picture.Map(p => (p.Bytes, p.ContentType));
    }

    private static async Task<Result<(byte[] Bytes, string ContentType)>> ReadEncrypted(HttpRequest request, CancellationToken ct)
    {
        using var file = new MemoryStream();
        if (!(request.ContentLength > Picture.MaxBytes))
        {
            await request.Body.CopyToAsync(file, ct);
        }

        return (request.ContentLength ?? file.Length) > Picture.MaxBytes ? new Error(ErrorCodes.TooLarge, "A thumbnail has at most 2 MiB.")
            : !Signature.IsEncrypted(file.GetBuffer().AsSpan(0, (int)file.Length)) ? new Error(ErrorCodes.UnsupportedMedia, "The file is encrypted: encrypt its thumbnail too.")
            : (file.ToArray(), Signature.Unknown);
    }

    internal sealed record Query(Guid Id, Caller Caller) : IRequest<Result<Served>>;

    public sealed record Command(Guid Id, byte[] Bytes, string ContentType, Caller Caller) : IRequest<Result<FileView>>;

    internal sealed class Handler(FileRights rights, IBlobStore blobs) : IRequestHandler<Query, Result<Served>>
    {
        public async Task<Result<Served>> Handle(Query request, CancellationToken cancellationToken)
        {
            var found = await rights.Find(request.Id, request.Caller.UserId, cancellationToken);
            return !found.IsOk ? found.Error
                : found.Value is not { ThumbnailId: { } id, ThumbnailType: { } type } || await blobs.Length(id, cancellationToken) is not { } size ? Error.NotFound
                : new Served(id, size, type, id.ToString("N"), "thumbnail");
        }
    }

    internal sealed class SetHandler(IRoomLog log, IFileMessages messages, Examination examination, IBlobStore blobs) : IRequestHandler<Command, Result<FileView>>
    {
        public async Task<Result<FileView>> Handle(Command request, CancellationToken cancellationToken)
        {
            var blobId = await examination.Store(request.Bytes, cancellationToken);
            var set = await log.Commit<FileView>(
                async (tx, ct) =>
                {
                    var db = tx.Use<FilesDb>();
                    if (await db.Files.SingleOrDefaultAsync(f => f.Id == request.Id && f.OwnerId == request.Caller.UserId, ct) is not { } file)
                    {
                        return Error.NotFound;
                    }

                    if (file.ThumbnailId is { } before)
                    {
                        await FileRemoval.Owe(db, [before], tx.At, ct);
                    }

                    (file.ThumbnailId, file.ThumbnailType) = (blobId, request.ContentType);
                    await db.SaveChangesAsync(ct);
                    if (file.MessageId is { } messageId)
                    {
                        await messages.FilesChanged(tx, messageId, request.Caller.UserId, ct);
                    }

                    return file.ToView();
                },
                new CommitOrigin(request.Caller.SessionId),
                cancellationToken);
            if (!set.IsOk)
            {
                await blobs.Remove(blobId, BlobState.None, CancellationToken.None);
            }

            return set;
        }
    }
}
