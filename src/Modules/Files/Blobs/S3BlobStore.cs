using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using ChatMonolith.BuildingBlocks.Persistence;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Files.Blobs;

/// <summary>
/// Blobs as objects. A large one goes up in parts while it comes in; what is left below a part's size when its sender pauses is an
/// object of its own (<c>tails/</c>), so that every node can go on with it.
/// </summary>
internal sealed class S3BlobStore : IBlobStore, IDisposable
{
    /// <summary>So that the list of them stays short; a service takes ten times as many.</summary>
    private const int MostParts = 1_000;

    private const string Whole = "blobs/";
    private const string Tails = "tails/";

    private readonly AmazonS3Client client;
    private readonly StorageOptions options;
    private readonly string parts;

    public S3BlobStore(DataFolder folder, IOptions<StorageOptions> options)
    {
        this.options = options.Value;
        var configuration = new AmazonS3Config
        {
            ForcePathStyle = this.options.PathStyle,
            AuthenticationRegion = this.options.Region,

            // The newer checksums are Amazon's own; other services refuse them.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            MaxErrorRetry = 3,
        };
        if (this.options.Endpoint.Length > 0)
        {
            configuration.ServiceURL = this.options.Endpoint;
        }
        else
        {
            configuration.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(this.options.Region);
        }

        client = this.options.AccessKey.Length > 0
            ? new AmazonS3Client(new BasicAWSCredentials(this.options.AccessKey, this.options.SecretKey), configuration)
            : new AmazonS3Client(configuration);

        // Parts on their way, whole on no disk: what an earlier process left is of no use.
        parts = folder.File("parts");
        Directory.CreateDirectory(parts);
        foreach (var left in Directory.EnumerateFiles(parts))
        {
            File.Delete(left);
        }
    }

    public async Task<BlobWriter> Write(Guid id, long? length, BlobState state, CancellationToken ct)
    {
        var progress = S3Progress.Read(state.Parts) ?? new S3Progress(UploadId: null, PartSize(length), [], TailAt: null);
        var writer = new S3BlobWriter(this, id, progress, state.Offset, NewPartFile());
        try
        {
            if (progress.TailAt is { } tailAt)
            {
                await writer.TakeUp(TailKey(id, tailAt), ct);
            }

            return writer;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            await writer.DisposeAsync();
            throw new BlobLostException($"The bytes of the unfinished blob {id} that were acknowledged are not in the bucket.");
        }
        catch
        {
            await writer.DisposeAsync();
            throw;
        }
    }

    public async Task<Stream?> Read(Guid id, long offset, long count, CancellationToken ct)
    {
        try
        {
            var request = new GetObjectRequest { BucketName = options.Bucket, Key = Key(id) };
            if (count > 0)
            {
                request.ByteRange = new ByteRange(offset, offset + count - 1);
            }

            return (await client.GetObjectAsync(request, ct)).ResponseStream;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public async Task<long?> Length(Guid id, CancellationToken ct)
    {
        try
        {
            return (await client.GetObjectMetadataAsync(options.Bucket, Key(id), ct)).ContentLength;
        }
        catch (AmazonS3Exception e) when (e.StatusCode == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    public async Task Remove(Guid id, BlobState unfinished, CancellationToken ct)
    {
        if (S3Progress.Read(unfinished.Parts) is { UploadId: { } uploadId })
        {
            try
            {
                await client.AbortMultipartUploadAsync(options.Bucket, Key(id), uploadId, ct);
            }
            catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.NotImplemented or HttpStatusCode.MethodNotAllowed)
            {
                // It was finished, or the service forgets what is never finished by itself.
            }
        }

        await RemoveUnfinished(id, ct);
        try
        {
            // Only the object that was looked at: nobody else's that came under its name since.
            var found = await client.GetObjectMetadataAsync(options.Bucket, Key(id), ct);
            await client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = options.Bucket, Key = Key(id), IfMatch = found.ETag }, ct);
        }
        catch (AmazonS3Exception e) when (e.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.PreconditionFailed)
        {
            // Gone already, or not the one that was to go.
        }
    }

    public async Task RemoveUnfinished(Guid id, CancellationToken ct)
    {
        var tails = new List<string>();
        await foreach (var tail in Objects($"{options.Prefix}{Tails}{id:N}.", ct))
        {
            tails.Add(tail.Key);
        }

        foreach (var tail in tails)
        {
            await client.DeleteObjectAsync(options.Bucket, tail, ct);
        }
    }

    public async IAsyncEnumerable<FoundBlob> List([EnumeratorCancellation] CancellationToken ct)
    {
        foreach (var kind in (string[])[Whole, Tails])
        {
            await foreach (var found in Objects(options.Prefix + kind, ct))
            {
                if (Guid.TryParseExact(found.Key[(options.Prefix.Length + kind.Length)..].Split('.')[0], "N", out var id))
                {
                    yield return new FoundBlob(id, new DateTimeOffset(found.LastModified.GetValueOrDefault().ToUniversalTime()).ToUnixTimeMilliseconds(), kind == Tails);
                }
            }
        }
    }

    public void Dispose() => client.Dispose();

    internal AmazonS3Client Client => client;

    internal string Bucket => options.Bucket;

    internal string Key(Guid id) => $"{options.Prefix}{Whole}{id:N}";

    internal string TailKey(Guid id, long offset) => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{options.Prefix}{Tails}{id:N}.{offset}");

    private async IAsyncEnumerable<S3Object> Objects(string prefix, [EnumeratorCancellation] CancellationToken ct)
    {
        var request = new ListObjectsV2Request { BucketName = options.Bucket, Prefix = prefix };
        ListObjectsV2Response page;
        do
        {
            page = await client.ListObjectsV2Async(request, ct);
            foreach (var found in page.S3Objects ?? [])
            {
                yield return found;
            }

            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
    }

    private long PartSize(long? length)
    {
        var smallest = options.PartMegaBytes * 1024L * 1024;
        return Math.Max(smallest, ((length ?? 0) / MostParts) + 1);
    }

    private FileStream NewPartFile() => new(
        Path.Combine(parts, Guid.NewGuid().ToString("N")),
        new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.ReadWrite, BufferSize = 0, Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous });
}

/// <summary>What a node needs to go on with a blob.</summary>
/// <param name="UploadId">The service's, once there is a part.</param>
/// <param name="PartSize">In bytes; the same for all parts but the last.</param>
/// <param name="Parts">The entity tags of the parts, in order.</param>
/// <param name="TailAt">The offset up to which there is a tail; null without one.</param>
internal sealed record S3Progress(string? UploadId, long PartSize, IReadOnlyList<string> Parts, long? TailAt)
{
    public static S3Progress? Read(string text) => text.Length == 0 ? null : JsonSerializer.Deserialize<S3Progress>(text);

    public string Write() => JsonSerializer.Serialize(this);
}
