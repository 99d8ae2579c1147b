using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;
using ChatMonolith.Chatctl.Encryption;

namespace ChatMonolith.Chatctl.Transfers;

/// <summary>A server, and whoever is logged in to it.</summary>
internal sealed class ServerSession : IDisposable
{
    private readonly HttpClient http;
    private AuthenticationHeaderValue? bearer;

    private ServerSession(Uri server) => http = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, ConnectTimeout = TimeSpan.FromSeconds(20) })
    {
        BaseAddress = server,
        Timeout = Timeout.InfiniteTimeSpan,
    };

    public Uri Server => http.BaseAddress!;

    /// <exception cref="RefusedException">Not https, and not this machine: passwords would cross the network in the clear.</exception>
    public static ServerSession To(string server)
    {
        if (!Uri.TryCreate(server, UriKind.Absolute, out var uri) || (uri.Scheme != Uri.UriSchemeHttps && !(uri.Scheme == Uri.UriSchemeHttp && uri.IsLoopback)))
        {
            throw new RefusedException($"{server} is not an https address.");
        }

        return new ServerSession(new Uri(uri.GetLeftPart(UriPartial.Authority)));
    }

    /// <summary>Logs in for this command alone. The second factor's code is asked for where there is one.</summary>
    public async Task LogIn(string login, string? passwordFile, CancellationToken ct)
    {
        var password = SecretInput.Read(passwordFile, "Password of " + login);
        var answer = await Try(HttpMethod.Post, "auth/login", new { login, password }, ct);
        if (answer.Code == "two_factor_required")
        {
            answer = await Try(HttpMethod.Post, "auth/login", new { login, password, code = SecretInput.Read(null, "Code") }, ct);
        }

        bearer = new AuthenticationHeaderValue("Bearer", answer.Required().GetProperty("accessToken").GetString());
    }

    /// <summary>Ends the session that <see cref="LogIn"/> made.</summary>
    public async Task LogOut()
    {
        if (bearer is not null)
        {
            await Try(HttpMethod.Post, "auth/logout", new { }, CancellationToken.None);
            bearer = null;
        }
    }

    public async Task<JsonElement> Call(HttpMethod method, string path, object? body, CancellationToken ct) => (await Try(method, path, body, ct)).Required();

    public async Task<Answer> Try(HttpMethod method, string path, object? body, CancellationToken ct)
    {
        using var request = Request(method, "/api/v1/" + path);
        request.Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: JsonSerializerOptions.Web);
        using var response = await Send(request, ct);
        var bytes = await response.Content.ReadAsByteArrayAsync(ct);
        return new Answer(response.StatusCode, bytes.Length == 0 ? default : Parse(bytes));
    }

    public HttpRequestMessage Request(HttpMethod method, string path) => new(method, path) { Headers = { Authorization = bearer } };

    /// <summary>Only the headers are waited for.</summary>
    public Task<HttpResponseMessage> Send(HttpRequestMessage request, CancellationToken ct) => http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, ct);

    public void Dispose() => http.Dispose();

    private static JsonElement Parse(byte[] bytes)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(bytes);
        }
        catch (JsonException)
        {
            return default;
        }
    }
}

/// <param name="Status">The answer's status.</param>
/// <param name="Body">Its JSON; undefined without.</param>
internal sealed record Answer(HttpStatusCode Status, JsonElement Body)
{
    public string? Code => Member("code");

    /// <exception cref="RefusedException">The server refused.</exception>
    public JsonElement Required() => (int)Status is >= 200 and < 300 ? Body : throw new RefusedException(Member("detail") ?? $"the server answered {(int)Status}.");

    private string? Member(string name) => Body.ValueKind is JsonValueKind.Object && Body.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String ? value.GetString() : null;
}
