using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;

namespace ChatMonolith.Tests.Harness;

/// <summary>Speaks the HTTP contract as an outside client would: paths below <c>/api/v1</c> unless they begin with a slash.</summary>
public sealed class HttpCaller : IDisposable
{
    private readonly HttpClient client;

    public HttpCaller(Uri address) => client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false, UseProxy = false })
    {
        BaseAddress = address,
        Timeout = TimeSpan.FromSeconds(60),
    };

    /// <summary>The bearer token of every call; null for none.</summary>
    public string? AccessToken { get; set; }

    public Task<Answer> Get(string path) => Send(HttpMethod.Get, path);

    public Task<Answer> Post(string path, object? body = null) => Send(HttpMethod.Post, path, body);

    public Task<Answer> Put(string path, object? body = null) => Send(HttpMethod.Put, path, body);

    public Task<Answer> Patch(string path, object? body = null) => Send(HttpMethod.Patch, path, body);

    public Task<Answer> Delete(string path, object? body = null) => Send(HttpMethod.Delete, path, body);

    /// <summary>Sends <paramref name="body"/> as JSON, whatever the text is: for what a client library would never write.</summary>
    public Task<Answer> SendText(HttpMethod method, string path, string body, string contentType = "application/json")
    {
        var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        return Send(method, path, content);
    }

    /// <param name="method">Any method.</param>
    /// <param name="path">Relative to <c>/api/v1/</c>, or absolute on the server.</param>
    /// <param name="body">An <see cref="HttpContent"/> as it is, any other object as JSON, or none.</param>
    /// <param name="headers">Further headers; they win over the bearer token.</param>
    public async Task<Answer> Send(HttpMethod method, string path, object? body = null, params (string Name, string Value)[] headers)
    {
        using var request = Make(method, path, body, headers);
        using var response = await client.SendAsync(request);
        return await Answer.Read(response);
    }

    /// <summary>The answer with its body as bytes.</summary>
    public async Task<(Answer Answer, byte[] Bytes)> Fetch(string path, params (string Name, string Value)[] headers)
    {
        using var request = Make(HttpMethod.Get, path, null, headers);
        using var response = await client.SendAsync(request);
        var bytes = await response.Content.ReadAsByteArrayAsync();
        return (await Answer.Read(response), bytes);
    }

    private HttpRequestMessage Make(HttpMethod method, string path, object? body, (string Name, string Value)[] headers)
    {
        var request = new HttpRequestMessage(method, path.StartsWith('/') ? path : "/api/v1/" + path);
        request.Content = body switch
        {
            null => null,
            HttpContent content => content,
            _ => JsonContent.Create(body, options: JsonSerializerOptions.Web),
        };
        if (AccessToken is not null)
        {
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", AccessToken);
        }

        foreach (var (name, value) in headers)
        {
            request.Headers.Remove(name);
            if (!request.Headers.TryAddWithoutValidation(name, value))
            {
                request.Content?.Headers.TryAddWithoutValidation(name, value);
            }
        }

        return request;
    }

    public void Dispose() => client.Dispose();
}
