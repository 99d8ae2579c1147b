using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.Contracts.Messaging;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Messaging.Pushing;

internal enum PushOutcome
{
    Sent,

    /// <summary>The push service does not know the browser any more.</summary>
    Gone,

    /// <summary>It will never take this one.</summary>
    Refused,

    /// <summary>Not now.</summary>
    Later,
}

/// <summary>
/// Speaks to push services (RFC 8030). Their addresses come from people, so they are called on the public Internet only, without
/// following redirects, and nothing of their answers is shown to anybody.
/// </summary>
internal sealed class PushClient : IDisposable
{
    private static readonly TimeSpan Kept = TimeSpan.FromDays(1);
    private readonly Vapid vapid;
    private readonly HttpClient http;

    public PushClient(Vapid vapid, IOptions<PushOptions> options)
    {
        this.vapid = vapid;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            MaxConnectionsPerServer = 8,
            MaxResponseHeadersLength = 16,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        if (!options.Value.AllowPrivateAddresses)
        {
            handler.ConnectCallback = PublicAddress.Connect;
        }

        http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds) };
    }

    /// <returns>What came of it, and when the push service wants to be asked again.</returns>
    public async Task<(PushOutcome Outcome, TimeSpan? RetryAfter)> Send(Uri endpoint, byte[] body, NotificationKind kind, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, endpoint) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
        request.Content.Headers.ContentEncoding.Add("aes128gcm");
        request.Headers.TryAddWithoutValidation("Authorization", vapid.Authorization(endpoint));
        request.Headers.TryAddWithoutValidation("TTL", ((int)Kept.TotalSeconds).ToString(CultureInfo.InvariantCulture));
        request.Headers.TryAddWithoutValidation("Urgency", kind is NotificationKind.Mention or NotificationKind.Direct or NotificationKind.Reply ? "high" : "normal");
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
            return (Judge(response.StatusCode), response.Headers.RetryAfter?.Delta);
        }
        catch (Exception e) when (e is HttpRequestException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return (PushOutcome.Later, null);
        }
    }

    public void Dispose() => http.Dispose();

    private static PushOutcome Judge(HttpStatusCode status) => (int)status switch
    {
        >= 200 and < 300 => PushOutcome.Sent,
        404 or 410 => PushOutcome.Gone,
        408 or 425 or 429 or >= 500 => PushOutcome.Later,
        _ => PushOutcome.Refused,
    };
}
