using System.Globalization;
using ChatMonolith.Benchmark.Load;
using ChatMonolith.Benchmark.Resuming;

namespace ChatMonolith.Benchmark.Growth;

/// <summary>What reading takes in a database of some size: pages of 50, 100 events, the room list, and a resume of 100.</summary>
internal static class Reading
{
    private const int Missed = 100;

    /// <param name="binary">The server.</param>
    /// <param name="data">Its seeded data; the first person's first room is read.</param>
    /// <param name="tokens">The seeded people.</param>
    /// <param name="messages">The size, for the table and the plot.</param>
    /// <param name="repeats">Requests of each kind.</param>
    /// <param name="points">A file to which the plot's points are appended: series, size, milliseconds.</param>
    public static async Task<int> Measure(string binary, string data, string tokens, long messages, int repeats, string points)
    {
        var people = SeededPerson.All(tokens);
        await using var server = await ServerProcess.Start(binary, data);
        using var api = new Api(server.Address, people[0]);
        var room = people[0].Rooms[0];
        var places = new Places(await api.LastSeq(room));
        await Row("newest page", await Timed(() => $"rooms/{room}/messages?limit=50"));
        await Row("page anywhere", await Timed(() => $"rooms/{room}/messages?limit=50&before={places.Next()}"));
        await Row("100 events anywhere", await Timed(() => $"rooms/{room}/events?after={places.Next()}&limit=100"));
        await Row("room list", await Timed(() => "rooms"));
        await Row("resume of 100", await ResumeLatency.AtRest(server, people, Missed, repeats));
        return 0;

        async Task<Latencies> Timed(Func<string> path)
        {
            var figures = new Latencies();
            for (var i = -HistoryPages.WarmUp; i < repeats; i++)
            {
                var target = path();
                var started = LoadLoop.Now;
                await api.Read(target);
                if (i >= 0)
                {
                    figures.Add(LoadLoop.SecondsSince(started) * 1000);
                }
            }

            return figures;
        }

        async Task Row(string name, Latencies figures)
        {
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {messages} | {name} | {figures.Cells()} |"));
            await File.AppendAllTextAsync(
                points,
                string.Create(CultureInfo.InvariantCulture, $"{name}, p50\t{messages}\t{figures.Percentile(0.5):F3}\n{name}, p99\t{messages}\t{figures.Percentile(0.99):F3}\n"));
        }
    }
}
