using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using ChatMonolith.BuildingBlocks.Errors;
using ChatMonolith.BuildingBlocks.Http;
using ChatMonolith.BuildingBlocks.Persistence;
using ChatMonolith.Contracts.Auth;
using ChatMonolith.Contracts.Files;
using ChatMonolith.Contracts.Messaging;
using ChatMonolith.Files.Blobs;
using ChatMonolith.Files.Intake;
using ChatMonolith.Files.Kinds;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace ChatMonolith.Files.Uploads;

/// <summary>A file by a form, in one request.</summary>
internal static class PostFile
{
    /// <summary>What a form may have besides its file.</summary>
    private const int FormBytes = 64 * 1024;
    private const int FieldBytes = 1_024;
    private const int BufferBytes = 128 * 1024;

    public static void Map(IEndpointRouteBuilder api) =>
        api.MapPost("/files", async (HttpContext context, Caller caller, FormFile form, RunningUploads uploads, ISessionState sessions, Destinations destinations, FileIntake intake, CancellationToken ct) =>
            {
                using var running = uploads.Begin(caller.SessionId);
                using var stop = CancellationTokenSource.CreateLinkedTokenSource(ct, running.Stopped);
                var read = await Read(form, context.Request, (fields, token) => To(destinations, caller, fields, token), () => sessions.HasEnded(caller.SessionId), stop.Token);
                if (!read.IsOk)
                {
                    return read.Error.ToProblem();
                }

                var accepted = await intake.Accept(caller, read.Value.To, read.Value.File, uploadId: null, CancellationToken.None);
                if (!accepted.IsOk)
                {
                    await form.Forget(read.Value.File);
                    return accepted.Error.ToProblem();
                }

                var answer = new Answer(accepted.Value.File, accepted.Value.Message);
                return accepted.Value.Duplicate ? Results.Ok(answer) : Results.Created($"/api/v1/files/{read.Value.File.Id}", answer);
            })
            .WithMetadata(new DisableRequestSizeLimitAttribute())
            .WithTags("Files").WithSummary("Store a file; send it to a room or a person")
            .WithDescription(
                """
                multipart/form-data with file, and roomId, or recipientId (id, username or email), with clientId. Neither: the file is its owner's alone. Otherwise the message that shows it
                (of type file; in the direct room for a person) and the file are one transaction; the same file again under the same clientId answers 200 with the first. The content type
                is found by signature. Large files are better sent by /uploads, which can go on after a cut.
                """)
            .Produces<Answer>(201).Produces<Answer>().ProducesProblem(400).ProducesProblem(403).ProducesProblem(404).ProducesProblem(409).ProducesProblem(413).ProducesProblem(415).ProducesProblem(507);

    private static async Task<Result<Form>> Read(
        FormFile form, HttpRequest request, Func<IReadOnlyDictionary<string, string>, CancellationToken, Task<Result<Destination>>> destination, Func<bool> hasEnded, CancellationToken ct)
    {
        var over = Error.Unauthenticated("The session has ended. Log in again.");
        try
        {
            return hasEnded() ? over : await form.Read(request, destination, ct);
        }
        catch (OperationCanceledException) when (hasEnded())
        {
            return over;
        }
    }

    private static Task<Result<Destination>> To(Destinations destinations, Caller caller, IReadOnlyDictionary<string, string> fields, CancellationToken ct) =>
        destinations.Of(caller, fields.GetValueOrDefault("roomId"), fields.GetValueOrDefault("recipientId"), fields.GetValueOrDefault("clientId"), ct);

    /// <param name="File">Null for a repeat whose first file is gone.</param>
    /// <param name="Message">The message that shows it; null for a private file.</param>
    public sealed record Answer(FileView? File, MessageView? Message);

    internal sealed record Form(Destination To, NewFile File);

    /// <summary>Reads a form with one file, whose bytes go straight to the store.</summary>
    internal sealed class FormFile(IBlobStore blobs, Examination examination, Quota quota, DiskReserve reserve, TimeProvider time)
    {
        /// <param name="request">The form.</param>
        /// <param name="destination">Judges the fields: before the file where they come first, and at the end in any case.</param>
        /// <param name="ct">The request.</param>
        public async Task<Result<Form>> Read(HttpRequest request, Func<IReadOnlyDictionary<string, string>, CancellationToken, Task<Result<Destination>>> destination, CancellationToken ct)
        {
            if (!MediaTypeHeaderValue.TryParse(request.ContentType, out var type) || type.MediaType != "multipart/form-data" || HeaderUtilities.RemoveQuotes(type.Boundary) is not { Length: > 0 and <= 70 } boundary)
            {
                return new Error(ErrorCodes.UnsupportedMedia, "Send multipart/form-data with a part named file.");
            }

            if (request.ContentLength > quota.MaxFileBytes + FormBytes)
            {
                return quota.TooLarge;
            }

            if (reserve.IsSpent)
            {
                return DiskReserve.DiskFull;
            }

            var fields = new Dictionary<string, string>(StringComparer.Ordinal);
            NewFile? file = null;
            try
            {
                var reader = new MultipartReader(boundary.ToString(), request.Body) { HeadersCountLimit = 16, HeadersLengthLimit = 8 * 1024 };
                while (await Whole(() => reader.ReadNextSectionAsync(ct)) is { } section)
                {
                    if (!ContentDispositionHeaderValue.TryParse(section.ContentDisposition, out var disposition))
                    {
                        return await Refuse(file, Error.Validation("file", "Each part of the form needs a name."));
                    }

                    var name = HeaderUtilities.RemoveQuotes(disposition.Name).ToString();
                    var isFile = name == "file" || disposition.FileName.HasValue || disposition.FileNameStar.HasValue;
                    var problem = isFile && file is not null ? Error.Validation("file", "Send one file a request.")
                        : isFile ? await Early(fields, destination, ct)
                        : await ReadField(section, name, fields, ct);
                    if (problem is null && isFile)
                    {
                        var stored = await Store(section.Body, disposition, ct);
                        file = stored.IsOk ? stored.Value : null;
                        problem = stored.Error;
                    }

                    if (problem is not null)
                    {
                        return await Refuse(file, problem);
                    }
                }
            }
            catch (IOException e) when (BlobDisk.IsFull(e))
            {
                return await Refuse(file, DiskReserve.DiskFull);
            }
            catch (InvalidDataException)
            {
                return await Refuse(file, Error.Validation("file", "The form cannot be read, or ends too early."));
            }
            catch
            {
                await Refuse(file, Error.NotFound);
                throw;
            }

            if (file is null)
            {
                return Error.Validation("file", "The form has no file.");
            }

            var to = await destination(fields, ct);
            return to.IsOk ? new Form(to.Value, file) : await Refuse(file, to.Error);
        }

        /// <summary>It became no file.</summary>
        public async Task Forget(NewFile file)
        {
            await blobs.Remove(file.BlobId, BlobState.None, CancellationToken.None);
            if (file.ThumbnailId is { } thumbnail)
            {
                await blobs.Remove(thumbnail, BlobState.None, CancellationToken.None);
            }
        }

        private static async Task<Error?> Early(Dictionary<string, string> fields, Func<IReadOnlyDictionary<string, string>, CancellationToken, Task<Result<Destination>>> destination, CancellationToken ct) =>
            fields.ContainsKey("clientId") ? (await destination(fields, ct)).Error : null;

        /// <summary>A form that ends too early is its sender's fault; what the store throws is not.</summary>
        private static async Task<T> Whole<T>(Func<Task<T>> read)
        {
            try
            {
                return await read();
            }
            catch (IOException e) when (e is not BadHttpRequestException)
            {
                throw new InvalidDataException("The form ends too early.", e);
            }
        }

        private static async Task<Error?> ReadField(MultipartSection section, string name, Dictionary<string, string> fields, CancellationToken ct)
        {
            var bytes = new byte[FieldBytes];
            var length = await Whole(() => section.Body.ReadAtLeastAsync(bytes, FieldBytes, throwOnEndOfStream: false, ct).AsTask());
            return length == FieldBytes ? Error.Validation(name, "This field is too long.")
                : fields.Count == 16 || !fields.TryAdd(name, Encoding.UTF8.GetString(bytes, 0, length)) ? Error.Validation(name, "Send this field once.")
                : null;
        }

        private async Task<Result<Form>> Refuse(NewFile? file, Error problem)
        {
            if (file is not null)
            {
                await Forget(file);
            }

            return problem;
        }

        private async Task<Result<NewFile>> Store(Stream body, ContentDispositionHeaderValue disposition, CancellationToken ct)
        {
            var name = FileName.Clean(disposition.FileNameStar.HasValue ? disposition.FileNameStar.ToString() : HeaderUtilities.RemoveQuotes(disposition.FileName).ToString());
            if (!name.IsOk)
            {
                return name.Error;
            }

            var blobId = Guid.NewGuid();
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            var buffer = ArrayPool<byte>.Shared.Rent(BufferBytes);
            try
            {
                await using var writer = await blobs.Write(blobId, length: null, BlobState.None, ct);
                int read;
                while ((read = await Whole(() => body.ReadAsync(buffer.AsMemory(0, BufferBytes), ct).AsTask())) > 0)
                {
                    if (writer.Offset + read > quota.MaxFileBytes)
                    {
                        await writer.DisposeAsync();
                        await blobs.Remove(blobId, BlobState.None, CancellationToken.None);
                        return quota.TooLarge;
                    }

                    hash.AppendData(buffer, 0, read);
                    await writer.Write(buffer.AsMemory(0, read), ct);
                }

                await writer.Finish(CancellationToken.None);
                return await examination.Of(Guid.CreateVersion7(time.GetUtcNow()), blobId, name.Value, writer.Offset, hash.GetHashAndReset(), CancellationToken.None);
            }
            catch
            {
                await blobs.Remove(blobId, BlobState.None, CancellationToken.None);
                throw;
            }
            finally
            {
                ArrayPool<byte>.Shared.Return(buffer);
            }
        }
    }
}
