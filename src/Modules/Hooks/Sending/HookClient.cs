using System.Globalization;
using System.Net.Http.Headers;
using ChatMonolith.BuildingBlocks.Security;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Hooks.Data;
using Microsoft.Extensions.Options;

namespace ChatMonolith.Hooks.Sending;

/// <summary>
/// Calls addresses that people gave: on the public Internet only, judged by the very addresses that are called, without following
/// redirects; and reads what they say only where it is an answer to a command, within bounds.
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
    public Task<(int? Status, string Problem)> Send(HookRow hook, byte[] body, string delivery, CancellationToken ct) => Send(hook.Url, secrets.Open(hook.Id, hook.Sealed), body, delivery, ct);

    /// <returns>The status, or null for none, and a text for whoever gave the address.</returns>
    public async Task<(int? Status, string Problem)> Send(string url, byte[] secret, ReadOnlyMemory<byte> body, string delivery, CancellationToken ct)
    {
        try
        {
            using var request = Request(secret, url, body, delivery);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct).ConfigureAwait(false);
            return ((int)response.StatusCode, $"It answered {(int)response.StatusCode}.");
        }
        catch (HttpRequestException e)
        {
            return (null, WhyNot(e));
        }
        catch (Exception e) when (e is IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return (null, "It did not answer in time.");
        }
    }

    /// <summary>Asks the program behind a command, which has one bounded time for all of its answer.</summary>
    /// <returns>The answer's bytes, or why there is none.</returns>
    public async Task<(byte[]? Answer, string Problem)> Ask(CommandRow command, byte[] body, string delivery, TimeSpan limit, CancellationToken ct)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(ct);
        bounded.CancelAfter(limit);
        try
        {
            using var request = Request(secrets.Open(command.Id, command.Sealed), command.Url, body, delivery);
            using var response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, bounded.Token).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
            {
                return (null, $"It answered {(int)response.StatusCode}.");
            }

            var stream = await response.Content.ReadAsStreamAsync(bounded.Token).ConfigureAwait(false);
            var answer = new byte[CommandRow.MaxAnswerBytes + 1];
            var length = await stream.ReadAtLeastAsync(answer, answer.Length, throwOnEndOfStream: false, bounded.Token).ConfigureAwait(false);
            return length > CommandRow.MaxAnswerBytes ? (null, "Its answer is too long.") : (answer[..length], "");
        }
        catch (HttpRequestException e)
        {
            return (null, WhyNot(e));
        }
        catch (Exception e) when (e is IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            return (null, "It did not answer in time.");
        }
    }

    private HttpRequestMessage Request(byte[] secret, string url, ReadOnlyMemory<byte> body, string delivery)
    {
        var timestamp = (time.Now() / 1000).ToString(CultureInfo.InvariantCulture);
        var request = new HttpRequestMessage(HttpMethod.Post, url) { Content = new ReadOnlyMemoryContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
        request.Headers.TryAddWithoutValidation("X-Chat-Timestamp", timestamp);
        request.Headers.TryAddWithoutValidation("X-Chat-Signature", HookSecrets.Sign(secret, timestamp, body.Span));

        // The same for a repeat: a receiver knows by it what it has had.
        request.Headers.TryAddWithoutValidation("X-Chat-Delivery", delivery);
        return request;
    }

    private static string WhyNot(HttpRequestException e) =>
        e.HttpRequestError is HttpRequestError.Unknown ? "It cannot be reached, or is not on the public Internet." : $"It cannot be reached: {e.HttpRequestError}.";

    public void Dispose() => http.Dispose();
}
