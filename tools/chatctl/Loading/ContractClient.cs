using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text.Json;

namespace ChatMonolith.Chatctl.Loading;

/// <summary>The HTTP side of the contract, as far as a load test needs it.</summary>
internal sealed class ContractClient(Uri url) : IDisposable
{
    private const int LogPage = 1_000;
    private readonly HttpClient http = new(new SocketsHttpHandler { UseCookies = false, UseProxy = false }) { BaseAddress = url, Timeout = TimeSpan.FromSeconds(60) };

    /// <summary>Registers people under fresh names and logs them in; their access tokens.</summary>
    public async Task<string[]> Register(int count, CancellationToken ct)
    {
        var run = RandomNumberGenerator.GetHexString(6, lowercase: true);
        var tokens = new string[count];
        for (var i = 0; i < count; i++)
        {
            // One after the other: each costs the server a password hash, and a crowd would be told to come back.
            var username = $"load-{run}-{i + 1}";
            var password = RandomNumberGenerator.GetHexString(32);
            await Call(HttpMethod.Post, "auth/register", null, new { email = username + "@example.org", username, password }, ct);
            tokens[i] = (await Call(HttpMethod.Post, "auth/login", null, new { login = username, password }, ct)).GetProperty("accessToken").GetString()!;
        }

        return tokens;
    }

    public async Task<Guid> WhoAmI(string token, CancellationToken ct) => (await Call(HttpMethod.Get, "auth/me", token, null, ct)).GetProperty("id").GetGuid();

    public async Task<string> Ticket(string token, CancellationToken ct) =>
        (await Call(HttpMethod.Post, "auth/ws-ticket", token, null, ct)).GetProperty("ticket").GetString()!;

    public async Task<Guid> MakeRoom(string token, string name, CancellationToken ct) =>
        (await Call(HttpMethod.Post, "rooms", token, new { type = "private", name }, ct)).GetProperty("id").GetGuid();

    public Task AddMembers(string token, Guid room, IReadOnlyList<Guid> userIds, CancellationToken ct) =>
        Call(HttpMethod.Post, $"rooms/{room}/members", token, new { userIds }, ct);

    public Task DeleteRoom(string token, Guid room, CancellationToken ct) => Call(HttpMethod.Delete, $"rooms/{room}", token, null, ct);

    public async Task<long> LastSeq(string token, Guid room, CancellationToken ct) => (await Call(HttpMethod.Get, $"rooms/{room}", token, null, ct)).GetProperty("lastSeq").GetInt64();

    public async Task<IReadOnlyDictionary<long, string>> ReadLog(string token, Guid room, long after, CancellationToken ct)
    {
        var messages = new Dictionary<long, string>();
        while (true)
        {
            var page = await Call(HttpMethod.Get, $"rooms/{room}/events?after={after}&limit={LogPage}", token, null, ct);
            var items = page.GetProperty("items");
            if (items.GetArrayLength() == 0)
            {
                return messages;
            }

            foreach (var entry in items.EnumerateArray())
            {
                after = entry.GetProperty("seq").GetInt64();
                if (entry.GetProperty("type").ValueEquals("message.created"))
                {
                    messages[after] = entry.GetProperty("message").GetProperty("clientId").GetString()!;
                }
            }
        }
    }

    public void Dispose() => http.Dispose();

    /// <exception cref="RefusedException">The server answered with an error.</exception>
    private async Task<JsonElement> Call(HttpMethod method, string path, string? token, object? body, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(method, "/api/v1/" + path);
        if (token is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        }

        request.Content = body is null ? null : JsonContent.Create(body, body.GetType(), options: JsonSerializerOptions.Web);
        using var response = await http.SendAsync(request, ct);
        var bytes = await response.Content.ReadAsByteArrayAsync(ct);
        var answer = bytes.Length == 0 ? default : Parse(bytes);
        if (response.IsSuccessStatusCode)
        {
            return answer;
        }

        var why = answer.ValueKind is JsonValueKind.Object && answer.TryGetProperty("detail", out var detail) ? detail.GetString() : null;
        throw new RefusedException($"{method} /api/v1/{path} answered {(int)response.StatusCode}: {why}");
    }

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
