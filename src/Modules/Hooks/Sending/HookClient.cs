using System.Globalization;
using System.Net.Http.Headers;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Hooks.Data;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Hooks.Sending;

/// <summary>
/// Calls addresses that people gave: on the public Internet only, judged by the very addresses that are called, without following
/// redirects or reading what they say.
/// </summary>
internal sealed class HookClient : IDisposable
{
    private readonly HookSecrets secrets;
    private readonly TimeProvider time;
    private readonly HttpClient http;

    public HookClient(HookSecrets secrets, IOptions<HooksOptions> options, TimeProvider time)
    {
        this.secrets = secrets;
        this.time = time;
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            UseCookies = false,
            UseProxy = false,
            MaxConnectionsPerServer = 4,
            MaxResponseHeadersLength = 16,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
        };
        if (!options.Value.AllowPrivateAddresses)
        {
            handler.ConnectCallback = PublicAddress.Connect;
        }

        http = new HttpClient(handler) { Timeout = TimeSpan.FromSeconds(options.Value.TimeoutSeconds) };
    }

    /// <returns>The status, or null for none, and a text for the hook's owner.</returns>
    public async Task<(int? Status, string Problem)> Send(HookRow hook, byte[] body, long first, long last, CancellationToken ct)
    {
        var timestamp = (time.Now() / 1000).ToString(CultureInfo.InvariantCulture);
        using var request = new HttpRequestMessage(HttpMethod.Post, hook.Url) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        request.Headers.TryAddWithoutValidation("X-Chat-Timestamp", timestamp);
        request.Headers.TryAddWithoutValidation("X-Chat-Signature", secrets.Sign(hook, timestamp, body));

        // The same for a repeat: a receiver knows by it what it has had.
        request.Headers.TryAddWithoutValidation("X-Chat-Delivery", string.Create(CultureInfo.InvariantCulture, $"{hook.Id:N}-{first}-{last}"));
        try
        {
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
            return ((int)response.StatusCode, $"It answered {(int)response.StatusCode}.");
        }
        catch (HttpRequestException e)
        {
            return (null, e.HttpRequestError is HttpRequestError.Unknown ? "It cannot be reached, or is not on the public Internet." : $"It cannot be reached: {e.HttpRequestError}.");
        }
        catch (Exception e) when (e is IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return (null, "It did not answer in time.");
        }
    }

    public void Dispose() => http.Dispose();
}
