using System.Net;
using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using ChatMonolith.Backups.Format;

namespace ChatMonolith.Backups.Stores;

/// <summary>A bucket of any service that speaks S3. Objects are small enough for one request each, so each is there whole or not at all.</summary>
internal sealed class S3BackupStore : IBackupStore
{
    private readonly BackupsOptions options;
    private readonly AmazonS3Client client;

    public S3BackupStore(BackupsOptions options)
    {
        this.options = options;
        var configuration = new AmazonS3Config
        {
            ForcePathStyle = options.PathStyle,
            AuthenticationRegion = options.Region,

            // The newer checksums are Amazon's own; other services refuse them.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            MaxErrorRetry = 3,
        };
        if (options.Endpoint.Length > 0)
        {
            configuration.ServiceURL = options.Endpoint;
        }
        else
        {
            configuration.RegionEndpoint = Amazon.RegionEndpoint.GetBySystemName(options.Region);
        }

        client = options.AccessKey.Length > 0 ? new AmazonS3Client(new BasicAWSCredentials(options.AccessKey, options.SecretKey), configuration) : new AmazonS3Client(configuration);
    }

    public string Place => $"s3://{options.Bucket}/{options.Prefix}";

    public async Task Write(string name, ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        using var body = new MemoryStream(bytes.ToArray(), writable: false);
        await Told(() => client.PutObjectAsync(new PutObjectRequest { BucketName = options.Bucket, Key = options.Prefix + name, InputStream = body, AutoCloseStream = false, UseChunkEncoding = false }, ct)).ConfigureAwait(false);
    }

    public async Task<Stream?> Read(string name, CancellationToken ct) =>
        (await OrNull(() => client.GetObjectAsync(options.Bucket, options.Prefix + name, ct)).ConfigureAwait(false))?.ResponseStream;

    public async Task<long?> Length(string name, CancellationToken ct) =>
        (await OrNull(() => client.GetObjectMetadataAsync(options.Bucket, options.Prefix + name, ct)).ConfigureAwait(false))?.ContentLength;

    public async IAsyncEnumerable<StoreEntry> List(string folder, [EnumeratorCancellation] CancellationToken ct)
    {
        var request = new ListObjectsV2Request { BucketName = options.Bucket, Prefix = $"{options.Prefix}{folder}/" };
        ListObjectsV2Response page;
        do
        {
            page = await Told(() => client.ListObjectsV2Async(request, ct)).ConfigureAwait(false);
            foreach (var found in page.S3Objects ?? [])
            {
                yield return new StoreEntry(found.Key[options.Prefix.Length..], found.Size ?? 0, found.LastModified is { } at ? new DateTimeOffset(at.ToUniversalTime(), TimeSpan.Zero) : DateTimeOffset.UnixEpoch);
            }

            request.ContinuationToken = page.NextContinuationToken;
        }
        while (page.IsTruncated == true);
    }

    public Task Remove(string name, CancellationToken ct) => Told(() => client.DeleteObjectAsync(options.Bucket, options.Prefix + name, ct));

    public void Dispose() => client.Dispose();

    private async Task<T?> OrNull<T>(Func<Task<T>> call)
        where T : class
    {
        try
        {
            return await Told(call).ConfigureAwait(false);
        }
        catch (BackupRefusedException e) when (e.InnerException is AmazonS3Exception { StatusCode: HttpStatusCode.NotFound })
        {
            return null;
        }
    }

    private async Task<T> Told<T>(Func<Task<T>> call)
    {
        try
        {
            return await call().ConfigureAwait(false);
        }
        catch (AmazonServiceException e)
        {
            throw new BackupRefusedException($"The bucket {options.Bucket} answers: {e.Message}", e);
        }
    }
}
