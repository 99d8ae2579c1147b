using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Headers;
using ChatMonolith.Benchmark.Load;
using ChatMonolith.Benchmark.Resuming;

namespace ChatMonolith.Benchmark;

/// <summary>
/// A calm room's latency while others ask for what costs most: searches that have to look at much and find nothing, and pages from the
/// middle of the history. Each asks again as soon as it is answered; no limit of requests holds them back.
/// </summary>
internal static class CostlyWork
{
    private const int Callers = 20;
    private const int JoinsAtATime = 100;
    private const double CalmRate = 20;
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(70);
    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(60);

    /// <param name="binary">The server.</param>
    /// <param name="data">Its seeded data; the last person is in no room yet.</param>
    /// <param name="tokens">The seeded people.</param>
    /// <param name="seconds">Of each of the two measurements.</param>
    public static async Task<int> Measure(string binary, string data, string tokens, int seconds)
    {
        var people = SeededPerson.All(tokens);
        await using var server = await ServerProcess.Start(binary, data);
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = server.Address, Timeout = TimeSpan.FromMinutes(2) };
        await SearchPages.LetIn(http, people, people[^1]);
        var words = await SearchPages.Pick(http, people);
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", people[^1].AccessToken);
        using var loop = new LoadLoop(server.Address);
        var room = SeededRoom.All(people)[0];
        var calm = new CalmRoom(loop, room, CalmRate);
        loop.ConnectAll([.. calm.Members], JoinsAtATime, JoinLimit);
        Run(loop, calm, WarmUp);
        var alone = calm.Measure();
        Run(loop, calm, TimeSpan.FromSeconds(seconds));

        // What comes from here on counts for neither, until all who ask do so.
        calm.Measure();
        using var over = new CancellationTokenSource();
        var answered = 0;
        var slowest = 0.0;
        var asking = Enumerable.Range(0, Callers).Select(caller => Task.Run(async () =>
        {
            for (var i = caller; !over.IsCancellationRequested; i += Callers)
            {
                var started = Stopwatch.GetTimestamp();
                await http.GetByteArrayAsync(Path(words, people[0].Rooms[0], i));
                Interlocked.Increment(ref answered);
                slowest = Math.Max(slowest, Stopwatch.GetElapsedTime(started).TotalMilliseconds);
            }
        })).ToArray();
        Run(loop, calm, TimeSpan.FromSeconds(5));
        var beside = calm.Measure();
        Interlocked.Exchange(ref answered, 0);
        Run(loop, calm, TimeSpan.FromSeconds(seconds));
        var answers = Volatile.Read(ref answered);
        await over.CancelAsync();
        await Task.WhenAll(asking);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {alone.Cells()} | {beside.Cells()} | {beside.Percentile(0.99) / alone.Percentile(0.99):F1} | {answers / (double)seconds:F0} | {slowest:F0} |"));
        return 0;
    }

    private static string Path(Words words, Guid room, int i)
    {
        var common = Words.Common;
        var query = (i % 4) switch
        {
            0 => $"\"{common[i % common.Length]} {common[i % common.Length]} {common[(i + 3) % common.Length]}\"",
            1 => words.Nowhere[i % SearchPages.Samples],
            2 => words.Two[i % SearchPages.Samples],
            _ => null,
        };
        return query is null ? $"/api/v1/rooms/{room}/messages?limit=100&around={100 + (i * 977L % 800)}" : $"/api/v1/search?q={Uri.EscapeDataString(query)}";
    }

    /// <summary>The calm room's clients wait in the kernel between messages, so that the others' requests are not held up by them.</summary>
    private static void Run(LoadLoop loop, CalmRoom calm, TimeSpan time)
    {
        for (var started = LoadLoop.Now; LoadLoop.SecondsSince(started) < time.TotalSeconds;)
        {
            calm.Turn();
            loop.Poll(1);
        }
    }
}
