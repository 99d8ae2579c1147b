using System.Globalization;
using ChatMonolith.Benchmark.Load;

namespace ChatMonolith.Benchmark.Resuming;

/// <summary>
/// One client that comes back again and again, each time with so many missed events of one room: first those that were seeded (they lie in
/// the tables), then such as were sent while it was away.
/// </summary>
internal static class ResumeLatency
{
    private const int WarmUp = 50;
    private const int AtOnce = 20;

    public static async Task<int> Measure(string binary, string data, string tokens, int missed, int repeats)
    {
        await using var server = await ServerProcess.Start(binary, data);
        using var run = await Run.Prepare(server, SeededPerson.All(tokens), missed);
        var first = run.Once(sendFirst: false);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| the first after the start | {first.Resume:F2} | | | {first.Connect:F2} | | | |"));
        run.Row("seeded, in the tables", repeats, sendFirst: false);
        run.Row("sent while away", repeats, sendFirst: true);
        return 0;
    }

    /// <summary>Percentiles of resumes of events at rest, for a database that is already being measured.</summary>
    public static async Task<Latencies> AtRest(ServerProcess server, SeededPerson[] people, int missed, int repeats)
    {
        using var run = await Run.Prepare(server, people, missed);
        var figures = new Latencies();
        for (var i = -WarmUp; i < repeats; i++)
        {
            var (resume, _) = run.Once(sendFirst: false);
            if (i >= 0)
            {
                figures.Add(resume);
            }
        }

        return figures;
    }

    private sealed class Run(ServerProcess server, LoadLoop loop, ResumingClient client, Sender sender, Guid room, int missed) : IDisposable
    {
        public static async Task<Run> Prepare(ServerProcess server, SeededPerson[] people, int missed)
        {
            var room = SeededRoom.All(people).First(r => r.Members.Count > 1);
            using var api = new Api(server.Address, room.Members[1]);
            var heads = await api.Heads();
            var loop = new LoadLoop(server.Address);
            var client = new ResumingClient(loop, room.Members[1], heads);
            var sender = new Sender(loop, room.Members[0], room.Id);
            loop.ConnectAll([client, sender], 2, TimeSpan.FromSeconds(30));
            return new Run(server, loop, client, sender, room.Id, missed);
        }

        public void Row(string name, int repeats, bool sendFirst)
        {
            var resumes = new Latencies();
            var connects = new Latencies();
            var cpu = TimeSpan.Zero;
            for (var i = -WarmUp; i < repeats; i++)
            {
                Away(sendFirst);
                var before = server.Cpu;
                var (resume, connect) = Back();
                if (i >= 0)
                {
                    resumes.Add(resume);
                    connects.Add(connect);
                    cpu += server.Cpu - before;
                }
            }

            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {name} | {resumes.Cells()} | {connects.Cells()} | {cpu.TotalMilliseconds / repeats:F1} |"));
        }

        public (double Resume, double Connect) Once(bool sendFirst)
        {
            Away(sendFirst);
            return Back();
        }

        public void Dispose() => loop.Dispose();

        private void Away(bool sendFirst)
        {
            loop.Reset(client);
            client.Leave();
            if (!sendFirst)
            {
                client.GoBackTo(room, client.SeqOf(room) - missed);
                return;
            }

            var wanted = sender.Acknowledged + missed;
            var sent = sender.Acknowledged;
            while (sender.Acknowledged < wanted)
            {
                for (; sent < wanted && sent < sender.Acknowledged + AtOnce; sent++)
                {
                    sender.Send(LoadLoop.Now);
                }

                loop.Poll(5);
            }
        }

        private (double Resume, double Connect) Back()
        {
            var entries = client.Entries;
            loop.Connect(client);
            while (!client.IsBack)
            {
                loop.Poll(100);
                if (client.Losses + client.Faults > 0)
                {
                    throw new InvalidOperationException($"A resume failed: {client.LastLoss}");
                }
            }

            return client.Entries - entries == missed
                ? (Milliseconds(client.ResumeSentAt, client.BackAt), Milliseconds(client.ConnectedAt, client.BackAt))
                : throw new InvalidOperationException($"{client.Entries - entries} entries came, not {missed}.");
        }

        private static double Milliseconds(long from, long to) => (to - from) * 1000.0 / System.Diagnostics.Stopwatch.Frequency;
    }
}
