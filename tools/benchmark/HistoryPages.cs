using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Text.Json;

namespace ChatMonolith.Benchmark;

/// <summary>Pages of 50 messages over HTTP, one after the other on one connection, from the first person's first room.</summary>
internal static class HistoryPages
{
    public const int WarmUp = 100;

    public static async Task<int> Measure(string binary, string data, string tokens, int requests)
    {
        var person = SeededPerson.First(tokens);
        await using var server = await ServerProcess.Start(binary, data);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = server.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", person.AccessToken);
        var room = $"/api/v1/rooms/{person.Rooms[0]}";
        using var head = JsonDocument.Parse(await http.GetStringAsync(room));
        var last = head.RootElement.GetProperty("lastSeq").GetInt64();
        var places = new Places(last);
        await Row("newest", () => "");
        await Row("before=, anywhere", () => $"before={places.Next()}");
        await Row("after=, anywhere", () => $"after={places.Next()}");
        await Row("around=, anywhere", () => $"around={places.Next()}");
        await RowOf("events, 100 anywhere", () => $"{room}/events?after={places.Next()}&limit=100");
        await RowOf("room list", () => "/api/v1/rooms");
        return 0;

        Task Row(string name, Func<string> query) => RowOf(name, () => $"{room}/messages?limit=50&{query()}".TrimEnd('&'));

        async Task RowOf(string name, Func<string> path)
        {
            var times = new List<double>(requests);
            var bytes = 0L;
            var cpu = server.Cpu;
            for (var i = -WarmUp; i < requests; i++)
            {
                if (i == 0)
                {
                    cpu = server.Cpu;
                }

                var target = path();
                var started = Stopwatch.GetTimestamp();
                var body = await http.GetByteArrayAsync(target);
                if (i >= 0)
                {
                    times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
                    bytes += body.Length;
                }
            }

            cpu = server.Cpu - cpu;
            times.Sort();
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"| {name} | {times[times.Count / 2]:F2} | {times[(int)(times.Count * 0.99)]:F2} | {times[^1]:F2} | {cpu.TotalMilliseconds / requests:F2} | {bytes / requests / 1024.0:F1} |"));
        }
    }
}
