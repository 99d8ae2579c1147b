using System.Net.Http.Headers;
using System.Text.Json;

namespace ChatMonolith.Benchmark;

/// <summary>One person's calls over HTTP.</summary>
internal sealed class Api : IDisposable
{
    private readonly HttpClient http;

    public Api(Uri server, SeededPerson person)
    {
        http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = server };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", person.AccessToken);
    }

    public Task<byte[]> Read(string path) => http.GetByteArrayAsync("/api/v1/" + path);

    public async Task<long> LastSeq(Guid room)
    {
        using var head = JsonDocument.Parse(await Read($"rooms/{room}"));
        return head.RootElement.GetProperty("lastSeq").GetInt64();
    }

    /// <summary>All rooms of the person with the heads of their logs.</summary>
    public async Task<Dictionary<Guid, long>> Heads()
    {
        using var rooms = JsonDocument.Parse(await Read("rooms"));
        return rooms.RootElement.GetProperty("items").EnumerateArray().ToDictionary(r => r.GetProperty("id").GetGuid(), r => r.GetProperty("lastSeq").GetInt64());
    }

    public void Dispose() => http.Dispose();
}
