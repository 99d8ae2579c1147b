using Amazon.S3.Model;

namespace ChatMonolith.Files.Blobs;

/// <summary>Gathers one part in a file and sends it; memory does not grow with the blob, nor with the number of those that are written at once.</summary>
internal sealed class S3BlobWriter : BlobWriter
{
    private readonly S3BlobStore store;
    private readonly Guid id;
    private readonly FileStream part;
    private readonly List<string> sent;
    private readonly long partSize;
    private string? uploadId;
    private long? tailAt;

    public S3BlobWriter(S3BlobStore store, Guid id, S3Progress progress, long offset, FileStream part)
    {
        (this.store, this.id, this.part, partSize, uploadId, tailAt, Offset) = (store, id, part, progress.PartSize, progress.UploadId, progress.TailAt, offset);
        sent = [.. progress.Parts];
    }

    /// <summary>The part that was begun goes on.</summary>
    public async Task TakeUp(string tailKey, CancellationToken ct)
    {
        using var tail = await store.Client.GetObjectAsync(store.Bucket, tailKey, ct);
        await tail.ResponseStream.CopyToAsync(part, ct);
    }

    public override async ValueTask Write(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        while (bytes.Length > 0)
        {
            var taken = (int)Math.Min(bytes.Length, partSize - part.Length);
            await part.WriteAsync(bytes[..taken], ct);
            Offset += taken;
            bytes = bytes[taken..];
            if (part.Length == partSize)
            {
                await SendPart(ct);
            }
        }
    }

    public override async Task<BlobState> Flush(CancellationToken ct)
    {
        tailAt = null;
        if (part.Length > 0)
        {
            await Put(store.TailKey(id, Offset), ct);
            tailAt = Offset;
        }

        return new BlobState(Offset, new S3Progress(uploadId, partSize, sent, tailAt).Write());
    }

    public override async Task Finish(CancellationToken ct)
    {
        if (uploadId is null)
        {
            await Put(store.Key(id), ct);
        }
        else
        {
            if (part.Length > 0)
            {
                await SendPart(ct);
            }

            await store.Client.CompleteMultipartUploadAsync(
                new CompleteMultipartUploadRequest
                {
                    BucketName = store.Bucket,
                    Key = store.Key(id),
                    UploadId = uploadId,
                    PartETags = sent.Select((tag, i) => new PartETag(i + 1, tag)).ToList(),
                },
                ct);
        }

        // What a flush left; what one left that was killed before its state was stored, the sweep finds.
        if (tailAt is not null || uploadId is not null)
        {
            await store.RemoveUnfinished(id, ct);
        }
    }

    public override ValueTask DisposeAsync() => part.DisposeAsync();

    private async Task SendPart(CancellationToken ct)
    {
        uploadId ??= (await store.Client.InitiateMultipartUploadAsync(store.Bucket, store.Key(id), ct)).UploadId;
        part.Position = 0;
        var answer = await store.Client.UploadPartAsync(
            new UploadPartRequest
            {
                BucketName = store.Bucket,
                Key = store.Key(id),
                UploadId = uploadId,
                PartNumber = sent.Count + 1,
                PartSize = part.Length,
                InputStream = new Kept(part),
                UseChunkEncoding = false,
            },
            ct);
        sent.Add(answer.ETag);
        part.SetLength(0);
        part.Position = 0;
    }

    private async Task Put(string key, CancellationToken ct)
    {
        part.Position = 0;
        await store.Client.PutObjectAsync(new PutObjectRequest { BucketName = store.Bucket, Key = key, InputStream = new Kept(part), AutoCloseStream = false, UseChunkEncoding = false }, ct);
        part.Position = part.Length;
    }

    /// <summary>The client closes what it has sent; the file is needed for the next part.</summary>
    private sealed class Kept(FileStream file) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => file.Length;

        public override long Position
        {
            get => file.Position;
            set => file.Position = value;
        }

        public override int Read(byte[] buffer, int offset, int count) => file.Read(buffer, offset, count);

        public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => file.ReadAsync(buffer, offset, count, cancellationToken);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => file.ReadAsync(buffer, cancellationToken);

        public override long Seek(long offset, SeekOrigin origin) => file.Seek(offset, origin);

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }
    }
}
