using System.Net;
using System.Net.Http.Headers;

namespace ChatMonolith.Chatctl.Transfers;

/// <summary>A download that goes on after a cut where it stopped, as long as the file is the same (its ETag).</summary>
internal sealed class DownloadStream(Func<HttpRequestMessage> request, ServerSession session) : Stream
{
    private const int Tries = 8;
    private Stream? body;
    private HttpResponseMessage? response;
    private EntityTagHeaderValue? tag;
    private long position;
    private long length = -1;

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => position;
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                body ??= await Open(cancellationToken);
                var read = await body.ReadAsync(buffer, cancellationToken);
                if (read == 0 && position < length)
                {
                    throw new IOException("The download was cut.");
                }

                position += read;
                return read;
            }
            catch (Exception e) when (e is HttpRequestException or IOException && attempt < Tries)
            {
                Close();
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(30, 1 << attempt)), cancellationToken);
            }
        }
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("Read asynchronously.");

    public override void Flush()
    {
    }

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Close();
        }

        base.Dispose(disposing);
    }

    private new void Close()
    {
        body?.Dispose();
        response?.Dispose();
        (body, response) = (null, null);
    }

    private async Task<Stream> Open(CancellationToken ct)
    {
        using var wanted = request();
        if (position > 0)
        {
            wanted.Headers.Range = new RangeHeaderValue(position, null);
            wanted.Headers.IfRange = tag is null ? null : new RangeConditionHeaderValue(tag);
        }

        response = await session.Send(wanted, ct);
        if (response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout)
        {
            throw new HttpRequestException($"answered {(int)response.StatusCode}");
        }

        if (position > 0 && response.StatusCode != HttpStatusCode.PartialContent)
        {
            throw new RefusedException("the file was replaced while it was fetched.");
        }

        if (!response.IsSuccessStatusCode)
        {
            throw new RefusedException(response.StatusCode is HttpStatusCode.Gone ? "this transfer is over: its time has passed, it was taken back, or all its downloads are used." : $"the file was refused with {(int)response.StatusCode}.");
        }

        tag ??= response.Headers.ETag;
        length = position + (response.Content.Headers.ContentLength ?? throw new RefusedException("the server does not say how long the file is."));
        return await response.Content.ReadAsStreamAsync(ct);
    }
}
