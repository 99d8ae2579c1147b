using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json;

namespace ChatMonolith.Benchmark;

/// <summary>
/// Searches over HTTP, one after the other on one connection: by a person in all rooms, and by one in a single room. What is looked for
/// is picked from messages all over the history, each time the same.
/// </summary>
internal sealed class SearchPages(HttpClient http, int requests)
{
    private const int WarmUp = 40;
    public const int Samples = 400;
    private readonly List<double> all = [];

    public static async Task<int> Measure(string binary, string data, string tokens, int requests)
    {
        var people = SeededPerson.All(tokens);
        await using var server = await ServerProcess.Start(binary, data);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = server.Address };
        var (everywhere, single) = (people[^1], people.First(p => p.Rooms.Count == 1));
        await LetIn(http, people, everywhere);
        var words = await Pick(http, people);
        var pages = new SearchPages(http, requests);
        foreach (var (caller, who) in ((SeededPerson, string)[])[(everywhere, "all rooms"), (single, "one room")])
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", caller.AccessToken);
            await pages.Rows(who, words, caller == everywhere ? people[0].Rooms[0] : null);
        }

        Console.WriteLine($"| **all together** | {Figures(pages.all)} | |");
        return 0;
    }

    private async Task Rows(string who, Words words, Guid? oneOfThem)
    {
        await Row("any word of a message", i => words.Any[i]);
        await Row("its longest word", i => words.Longest[i]);
        await Row("the most common words", i => Words.Common[i % Words.Common.Length]);
        await Row("part of a word, 2 letters", i => words.Two[i]);
        await Row("part of a word, 3 or 4 letters", i => words.Part[i]);
        await Row("two words of a message", i => words.Pair[i]);
        await Row("three words in quotes", i => words.Phrase[i]);
        await Row("the most common ideographs, 1", i => Words.Ideographs[i % Words.Ideographs.Length]);
        await Row("an ideograph of a message, 1", i => words.Ideograph[i]);
        await Row("ideographs of a message, 3", i => words.Three[i]);
        await Row("a ticket's number", i => words.Ticket[i]);
        await Row("nowhere: rare letters", i => $"qxz{i}vvk");
        await Row("nowhere: common letters", i => words.Nowhere[i]);
        await Row("nowhere: common words in quotes", i => $"\"{Words.Common[i % Words.Common.Length]} {Words.Common[i % Words.Common.Length]} {Words.Common[(i + 3) % Words.Common.Length]}\"");
        await Row("any word, before a day", i => words.Any[i], i => $"&before={DateTimeOffset.UnixEpoch.AddMilliseconds(words.At[i]):yyyy-MM-dd}");
        await Row("the most common words, by one person", i => Words.Common[i % Words.Common.Length], i => $"&from={words.Sender[i]}");
        if (oneOfThem is { } room)
        {
            await Row("any word, in one of the rooms", i => words.Any[i], _ => $"&roomId={room}");
            await Row("2 letters, in one of the rooms", i => words.Two[i], _ => $"&roomId={room}");
        }

        Task Row(string name, Func<int, string> query, Func<int, string>? more = null) => RowOf($"{name}; {who}", i => $"/api/v1/search?q={Uri.EscapeDataString(query(i % Samples))}{more?.Invoke(i % Samples)}");
    }

    private async Task RowOf(string name, Func<int, string> path)
    {
        var times = new List<double>(requests);
        var (hits, further) = (0, 0);
        for (var i = -WarmUp; i < requests; i++)
        {
            var target = path(i < 0 ? i + Samples : i);
            var started = Stopwatch.GetTimestamp();
            var body = await http.GetByteArrayAsync(target);
            if (i < 0)
            {
                continue;
            }

            times.Add(Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            using var page = JsonDocument.Parse(body);
            var count = page.RootElement.GetProperty("items").GetArrayLength();
            hits += count;
            further += count < 50 && page.RootElement.GetProperty("nextCursor").ValueKind is JsonValueKind.String ? 1 : 0;
        }

        all.AddRange(times);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {Figures(times)} | {hits / (double)requests:F1} | {further * 100.0 / requests:F0} |"));
    }

    private static string Figures(List<double> times)
    {
        times.Sort();
        return string.Create(CultureInfo.InvariantCulture, $"{times[times.Count / 2]:F1} | {times[(int)(times.Count * 0.95)]:F1} | {times[^1]:F1}");
    }

    /// <summary>The owner of each room lets the last person in, who is seeded into none.</summary>
    public static async Task LetIn(HttpClient http, IReadOnlyList<SeededPerson> people, SeededPerson person)
    {
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", person.AccessToken);
        using var mine = JsonDocument.Parse(await http.GetStringAsync("/api/v1/rooms"));
        var known = mine.RootElement.GetProperty("items").EnumerateArray().Select(r => r.GetProperty("id").GetGuid()).ToHashSet();
        foreach (var (room, owner) in people.SelectMany(p => p.Rooms.Select(r => (Room: r, Person: p))).DistinctBy(p => p.Room).Where(p => !known.Contains(p.Room)))
        {
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", owner.AccessToken);
            using var answer = await http.PostAsJsonAsync($"/api/v1/rooms/{room}/members", new { userIds = new[] { person.UserId } });
            answer.EnsureSuccessStatusCode();
        }
    }

    public static async Task<Words> Pick(HttpClient http, IReadOnlyList<SeededPerson> people)
    {
        var words = new Words();
        var owners = people.SelectMany(p => p.Rooms.Select(r => (Room: r, Person: p))).DistinctBy(p => p.Room).ToArray();
        for (var i = 0; !words.IsFull(Samples); i++)
        {
            var (room, person) = owners[i * 7 % owners.Length];
            http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", person.AccessToken);
            using var page = JsonDocument.Parse(await http.GetStringAsync($"/api/v1/rooms/{room}/messages?limit=100&before={20 + (i * 977L % 4_900)}"));
            foreach (var message in page.RootElement.GetProperty("items").EnumerateArray())
            {
                words.Add(message);
            }
        }

        return words;
    }
}
