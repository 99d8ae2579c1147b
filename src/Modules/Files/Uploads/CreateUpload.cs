using System.Globalization;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Files.Data;
using ChatMonolith.Files.Intake;
using ChatMonolith.Files.Kinds;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Files.Uploads;

/// <summary>Begins a resumable upload, with its first bytes if they come along.</summary>
internal static class CreateUpload
{
    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/uploads", async (HttpContext context, Caller caller, Creation creation, Receiving receiving, CancellationToken ct) =>
            {
                if (Tus.Begin(context) is { } refused)
                {
                    return refused.ToProblem();
                }

                var hasBody = context.Request.ContentType == Tus.BodyType;
                var checksum = Tus.Checksum(context.Request);
                var created = checksum.IsOk ? await creation.Create(context.Request, caller, ct) : checksum.Error;
                if (!created.IsOk)
                {
                    return created.Error.ToProblem();
                }

                var row = created.Value;
                var progress = new Progress(0, row.Length, row.ExpiresAt, IsComplete: false);
                if (hasBody || row.Length == 0)
                {
                    var appended = await receiving.Append(row.Id, caller, 0, context.Request.Body, context.Request.ContentLength, checksum.Value, ct);
                    if (!appended.IsOk)
                    {
                        await receiving.Terminate(row.Id, caller, CancellationToken.None);
                        return appended.Error.ToProblem();
                    }

                    progress = appended.Value;
                }

                Tus.Tell(context.Response, progress.Offset, progress.ExpiresAt, progress.IsComplete);
                return Results.Created($"/api/v1/uploads/{row.Id}", null);
            })
            .WithMetadata(new DisableRequestSizeLimitAttribute())
            .WithTags("Uploads").WithSummary("Begin a resumable upload (tus 1.0.0, creation and creation-with-upload)")
            .WithDescription(
                """
                Upload-Length says how many bytes there will be. Upload-Metadata has filename, filetype (not believed), and roomId, or recipientId (id, username or email), with
                clientId, as in POST /files. The file that it becomes has the upload's own id. Counted in the quota from now on.
                """)
            .Produces(201).ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(412).ProducesProblem(413).ProducesProblem(460).ProducesProblem(507);

    internal sealed class Creation(Destinations destinations, IRoomLog log, ISessionState sessions, Quota quota, DiskReserve reserve, IOptions<FilesOptions> options, TimeProvider time)
    {
        public async Task<Result<UploadRow>> Create(HttpRequest request, Caller caller, CancellationToken ct)
        {
            var length = Tus.Number(request, "Upload-Length");
            if (!length.IsOk)
            {
                return length.Error;
            }

            if (length.Value > quota.MaxFileBytes)
            {
                return quota.TooLarge;
            }

            var header = request.Headers["Upload-Metadata"].ToString();
            if (header.Length > UploadRow.MaxMetadata || header.Any(c => c is < ' ' or > '~'))
            {
                return Error.Validation("Upload-Metadata", string.Create(CultureInfo.InvariantCulture, $"Upload-Metadata has at most {UploadRow.MaxMetadata} characters."));
            }

            var metadata = Tus.Metadata(header);
            if (!metadata.IsOk)
            {
                return metadata.Error;
            }

            var name = FileName.Clean(metadata.Value.GetValueOrDefault("filename") ?? metadata.Value.GetValueOrDefault("name"));
            if (!name.IsOk)
            {
                return name.Error;
            }

            if (reserve.IsSpent)
            {
                return DiskReserve.DiskFull;
            }

            var destination = await destinations.Of(
                caller, metadata.Value.GetValueOrDefault("roomId"), metadata.Value.GetValueOrDefault("recipientId"), metadata.Value.GetValueOrDefault("clientId"), ct);
            return destination.IsOk ? await Insert(caller, destination.Value, length.Value, name.Value, header) : destination.Error;
        }

        private Task<Result<UploadRow>> Insert(Caller caller, Destination destination, long length, string name, string metadata) =>
            log.CommitBeside<UploadRow>(async (tx, ct) =>
            {
                if (sessions.HasEnded(caller.SessionId))
                {
                    return Error.Unauthenticated("The session has ended. Log in again.");
                }

                var db = tx.Use<FilesDb>();
                if (await quota.Refusal(db, caller.UserId, length, exceptUpload: null, ct) is { } full)
                {
                    return full;
                }

                var row = new UploadRow
                {
                    Id = Guid.CreateVersion7(time.GetUtcNow()),
                    OwnerId = caller.UserId,
                    BlobId = Guid.NewGuid(),
                    Length = length,
                    Name = name,
                    Metadata = metadata,
                    RoomId = destination.RoomId,
                    RecipientId = destination.RecipientId,
                    ClientId = destination.ClientId,
                    CreatedAt = tx.At,
                    ExpiresAt = tx.At + (long)TimeSpan.FromHours(options.Value.UploadHours).TotalMilliseconds,
                };
                db.Uploads.Add(row);
                await db.SaveChangesAsync(ct);
                return row;
            });
    }
}
