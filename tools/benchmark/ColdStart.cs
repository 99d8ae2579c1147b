using System.Globalization;

namespace ChatMonolith.Benchmark;

/// <summary>
/// Spawn to ready, several times on the same data; the first start warms the machine's caches and is left out. After a stop, or after a kill:
/// then the start looks for damage first.
/// </summary>
internal static class ColdStart
{
    public static async Task<int> Measure(string binary, string data, int runs, bool killed)
    {
        var times = new List<double>();
        var cpu = new List<double>();
        var memory = new List<double>();
        for (var i = 0; i <= runs; i++)
        {
            await using var server = await ServerProcess.Start(binary, data);
            if (i > 0)
            {
                times.Add(server.Ready.TotalMilliseconds);
                cpu.Add(server.Cpu.TotalMilliseconds);
                memory.Add(server.ResidentMegabytes);
            }

            if (!killed)
            {
                await server.Stop();
            }
        }

        times.Sort();
        cpu.Sort();
        memory.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times[times.Count / 2]:F0} | {times[0]:F0} to {times[^1]:F0} | {cpu[cpu.Count / 2]:F0} | {memory[memory.Count / 2]:F0}"));
        return 0;
    }
}
