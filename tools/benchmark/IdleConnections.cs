using System.Diagnostics;
using System.Globalization;
using ChatMonolith.Benchmark.Load;

namespace ChatMonolith.Benchmark;

/// <summary>What connections cost that do nothing: everybody of a seeded database joins, and then only heartbeats pass.</summary>
internal static class IdleConnections
{
    private const int JoinsAtATime = 100;
    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(180);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);

    public static async Task<int> Measure(string binary, string data, string tokens, double minutes)
    {
        await using var server = await ServerProcess.Start(binary, data);
        var people = SeededPerson.All(tokens);
        using var loop = new LoadLoop(server.Address);
        await server.Settle(TimeSpan.FromSeconds(8));
        var (memory, heap, cpu, started) = (server.ResidentMegabytes, server.HeapMegabytes, server.Cpu, LoadLoop.Now);
        loop.ConnectAll([.. people.Select(p => new IdleClient(p))], JoinsAtATime, JoinLimit);
        var (seconds, joining) = (LoadLoop.SecondsSince(started), server.Cpu - cpu);
        loop.PollFor(2);
        var joined = server.ResidentMegabytes;
        var samples = new List<double> { joined };
        var heaps = server.HeapMegabytes;
        (cpu, started) = (server.Cpu, LoadLoop.Now);
        while (LoadLoop.SecondsSince(started) < minutes * 60)
        {
            loop.PollFor(Interval.TotalSeconds);
            samples.Add(server.ResidentMegabytes);
        }

        var busy = (server.Cpu - cpu) / Stopwatch.GetElapsedTime(started);
        var count = people.Length;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {count} | {Each(joined - memory):F1} | {Each(samples[^1] - memory):F1} | {Each(samples.Max() - memory):F1} | {Each(heaps - heap):F1} | {Each(server.HeapMegabytes - heap):F1} | {memory:F0} | {samples[^1]:F0} | {count / seconds:F0} | {joining.TotalMilliseconds / count:F2} | {busy:P1} |"));
        await Console.Error.WriteLineAsync("resident MB each 10 s: " + string.Join(' ', samples.Select(s => s.ToString("F0", CultureInfo.InvariantCulture))));
        return 0;

        double Each(double megabytes) => megabytes * 1024 / count;
    }

    private sealed class IdleClient(SeededPerson person) : Client(person)
    {
        public override void Take(ReadOnlySpan<byte> frame)
        {
            // Only its arrival counts.
        }

        public override void Lost(string why) => throw new InvalidOperationException($"An idle socket was lost: {why}");
    }
}
