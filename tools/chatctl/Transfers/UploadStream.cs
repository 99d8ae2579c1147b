using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;

namespace ChatMonolith.Chatctl.Transfers;

/// <summary>
/// A resumable upload (tus 1.0.0) that is written to. What was encrypted is kept until the server has confirmed it, and is sent again from
/// there: nothing is ever encrypted a second time under the same number.
/// </summary>
internal sealed class UploadStream(ServerSession session, string name, Func<int, long> lengthByHeader) : Stream
{
    private const int PieceLength = 8 << 20;
    private const int Tries = 8;
    private readonly byte[] piece = new byte[PieceLength];
    private string? location;
    private long length;
    private long confirmed;
    private int held;

    /// <summary>The file's id on the server, which is the upload's; there once the upload was completed.</summary>
    public Guid FileId { get; private set; }

    public override bool CanRead => false;

    public override bool CanSeek => false;

    public override bool CanWrite => true;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        // The header comes first and whole, and says how long all of it will be.
        if (location is null)
        {
            await Create(lengthByHeader(buffer.Length), cancellationToken);
        }

        while (!buffer.IsEmpty)
        {
            if (held == PieceLength)
            {
                await Deliver(cancellationToken);
            }

            var some = Math.Min(buffer.Length, PieceLength - held);
            buffer[..some].CopyTo(piece.AsMemory(held));
            held += some;
            buffer = buffer[some..];
        }
    }

    /// <exception cref="RefusedException">The file is not as long as it was said to be.</exception>
    public async Task Complete(CancellationToken ct)
    {
        await Deliver(ct);
        if (confirmed != length)
        {
            throw new RefusedException($"{name} changed while it was read. Nothing was sent.");
        }

        FileId = Guid.Parse(location!.AsSpan(location!.LastIndexOf('/') + 1));
    }

    /// <summary>Takes back what has come so far.</summary>
    public async Task Abandon()
    {
        if (location is not null && FileId == Guid.Empty)
        {
            using var request = Tus(HttpMethod.Delete);
            using var response = await session.Send(request, CancellationToken.None);
        }
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException("Write asynchronously.");

    public override void Flush()
    {
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private async Task Create(long total, CancellationToken ct)
    {
        length = total;
        location = "/api/v1/uploads";
        using var request = Tus(HttpMethod.Post);
        request.Headers.Add("Upload-Length", total.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Upload-Metadata", "filename " + Convert.ToBase64String(Encoding.UTF8.GetBytes(name)));
        using var response = await session.Send(request, ct);
        await Refuse(response, ct);
        location = response.Headers.Location?.ToString() ?? throw new RefusedException("the server does not say where to upload to.");
    }

    private async Task Deliver(CancellationToken ct)
    {
        var begun = confirmed;
        for (var attempt = 1; confirmed < begun + held; attempt++)
        {
            try
            {
                if (attempt > 1)
                {
                    confirmed = await Offset(ct);
                    if (confirmed < begun || confirmed > begun + held)
                    {
                        throw new RefusedException("the server has lost a part of the upload.");
                    }
                }

                await Patch(piece.AsMemory((int)(confirmed - begun), held - (int)(confirmed - begun)), ct);
            }
            catch (Exception e) when (e is HttpRequestException or IOException && attempt < Tries)
            {
                await Task.Delay(TimeSpan.FromSeconds(Math.Min(30, 1 << attempt)), ct);
            }
        }

        held = 0;
    }

    private async Task Patch(ReadOnlyMemory<byte> bytes, CancellationToken ct)
    {
        using var request = Tus(HttpMethod.Patch);
        request.Headers.Add("Upload-Offset", confirmed.ToString(CultureInfo.InvariantCulture));
        request.Headers.Add("Upload-Checksum", "sha256 " + Convert.ToBase64String(SHA256.HashData(bytes.Span)));
        request.Content = new ReadOnlyMemoryContent(bytes);
        request.Content.Headers.ContentType = new("application/offset+octet-stream");
        using var response = await session.Send(request, ct);
        if (response.StatusCode is HttpStatusCode.ServiceUnavailable or HttpStatusCode.BadGateway or HttpStatusCode.GatewayTimeout or HttpStatusCode.Conflict)
        {
            throw new HttpRequestException($"answered {(int)response.StatusCode}");
        }

        await Refuse(response, ct);
        confirmed += bytes.Length;
    }

    private async Task<long> Offset(CancellationToken ct)
    {
        using var request = Tus(HttpMethod.Head);
        using var response = await session.Send(request, ct);
        return response.IsSuccessStatusCode && response.Headers.TryGetValues("Upload-Offset", out var values) && long.TryParse(values.First(), NumberStyles.None, CultureInfo.InvariantCulture, out var offset)
            ? offset
            : throw new HttpRequestException($"answered {(int)response.StatusCode}");
    }

    private HttpRequestMessage Tus(HttpMethod method)
    {
        var request = session.Request(method, location!);
        request.Headers.Add("Tus-Resumable", "1.0.0");
        return request;
    }

    private static async Task Refuse(HttpResponseMessage response, CancellationToken ct)
    {
        if (!response.IsSuccessStatusCode)
        {
            throw new RefusedException($"the upload was refused with {(int)response.StatusCode}: {await response.Content.ReadAsStringAsync(ct)}");
        }
    }
}
