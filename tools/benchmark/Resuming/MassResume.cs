using System.Diagnostics;
using System.Globalization;
using ChatMonolith.Benchmark.Load;

namespace ChatMonolith.Benchmark.Resuming;

/// <summary>
/// Everybody in the rooms of the first size loses the connection at once; their rooms go on (the first member of each stays and sends);
/// then all connect and resume at once. Beside them a calm room, whose people stay, shows what the others feel.
/// </summary>
internal static class MassResume
{
    private const int JoinsAtATime = 100;
    private const int EventsAtATime = 16;
    private const double CalmRate = 5;
    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(120);
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(180);

    /// <param name="binary">The server.</param>
    /// <param name="data">Its seeded data; the last room is the calm one.</param>
    /// <param name="tokens">The seeded people.</param>
    /// <param name="events">What is sent to each room meanwhile.</param>
    public static async Task<int> Measure(string binary, string data, string tokens, int events)
    {
        await using var server = await ServerProcess.Start(binary, data);
        var rooms = SeededRoom.All(SeededPerson.All(tokens));
        var heads = await Heads(server, rooms);
        var general = heads.Keys.Except(rooms.Select(r => r.Id)).Single();
        using var steady = new LoadLoop(server.Address);
        using var loop = new LoadLoop(server.Address);
        var calm = new CalmRoom(steady, rooms[^1], CalmRate);
        var posters = rooms[..^1].Select(r => new Sender(steady, r.Members[0], r.Id)).ToArray();
        var crowd = rooms[..^1].SelectMany(r => r.Members.Skip(1).Select(p => new ResumingClient(loop, p, new Dictionary<Guid, long> { [r.Id] = heads[r.Id], [general] = heads[general] }))).ToArray();
        steady.ConnectAll([.. calm.Members, .. posters], JoinsAtATime, JoinLimit);
        loop.ConnectAll(crowd, JoinsAtATime, JoinLimit);
        new Storm(server, loop, calm, posters, crowd, events).Report();
        return 0;
    }

    /// <summary>The heads of the seeded rooms' logs, and general's, where everybody is.</summary>
    private static async Task<Dictionary<Guid, long>> Heads(ServerProcess server, SeededRoom[] rooms)
    {
        var heads = new Dictionary<Guid, long>();
        foreach (var room in rooms)
        {
            using var api = new Api(server.Address, room.Members[0]);
            foreach (var (id, seq) in await api.Heads())
            {
                heads[id] = seq;
            }
        }

        return heads;
    }

    private sealed class Storm(ServerProcess server, LoadLoop loop, CalmRoom calm, Sender[] posters, ResumingClient[] crowd, int events)
    {
        public void Report()
        {
            var before = calm.Measure();
            Until(() => false, TimeSpan.FromSeconds(5));
            var away = calm.Measure();
            Each(client =>
            {
                loop.Reset(client);
                client.Leave();
            });
            var appended = Append();
            var during = calm.Measure();
            var (cpu, own, started) = (server.Cpu, Own(), LoadLoop.Now);
            Each(loop.Connect);
            var all = Until(() => crowd.All(c => c.IsBack), Limit);
            var seconds = LoadLoop.SecondsSince(started);
            (cpu, own) = (server.Cpu - cpu, Own() - own);
            var back = new Latencies();
            foreach (var client in crowd.Where(c => c.IsBack))
            {
                back.Add((client.BackAt - started) * 1000.0 / Stopwatch.Frequency);
            }

            var entries = crowd.Sum(c => c.Entries);
            var missing = ((long)crowd.Length * events) - entries;
            Row($"| {crowd.Length} | {events} | {(all ? "" : "not ")}all, {seconds:F1} | {back.Percentile(0.5) / 1000:F1} | {missing} | {crowd.Sum(c => c.Faults)} | {crowd.Sum(c => c.Losses)} | {cpu.TotalSeconds:F1} | {cpu.TotalMilliseconds / crowd.Length:F2} | {own.TotalSeconds / seconds:P0} | {before.Cells()} | {away.Cells()} | {during.Cells()} | {server.ResidentMegabytes:F0} | {server.PeakResidentMegabytes:F0} |");
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Events were appended in {appended:F1} s. A loss: {crowd.Select(c => c.LastLoss).FirstOrDefault(l => l is not null) ?? "none"}"));
        }

        private void Each(Action<ResumingClient> act)
        {
            for (var i = 0; i < crowd.Length; i++)
            {
                act(crowd[i]);
                if (i % EventsAtATime == 0)
                {
                    calm.Turn();
                }
            }
        }

        /// <returns>Seconds that it took to send the events to each room, one after the other in each.</returns>
        private double Append()
        {
            var started = LoadLoop.Now;
            foreach (var poster in posters)
            {
                poster.OnAcknowledged = p =>
                {
                    if (p.Acknowledged < events)
                    {
                        p.Send(LoadLoop.Now);
                    }
                };
                poster.Send(LoadLoop.Now);
            }

            if (!Until(() => posters.All(p => p.Acknowledged >= events), Limit))
            {
                throw new InvalidOperationException("The rooms' events were not accepted in time.");
            }

            return LoadLoop.SecondsSince(started);
        }

        /// <summary>Runs both loops; the calm room has its turn after every few events, so that what is measured is the server's delay.</summary>
        private bool Until(Func<bool> isDone, TimeSpan limit)
        {
            var started = LoadLoop.Now;
            for (var round = 0; LoadLoop.SecondsSince(started) < limit.TotalSeconds; round++)
            {
                calm.Turn();
                var idle = loop.Poll(0, EventsAtATime) == 0;
                if (idle || round % 64 == 0)
                {
                    Reconnect();
                    if (isDone())
                    {
                        return true;
                    }

                    loop.Poll(idle ? 1 : 0, EventsAtATime);
                }
            }

            return isDone();
        }

        /// <summary>Who was turned away tries again at once.</summary>
        private void Reconnect()
        {
            foreach (var client in crowd)
            {
                if (client is { State: ClientState.Closed, IsBack: false, Losses: > 0 })
                {
                    loop.Connect(client);
                }
            }
        }

        private static TimeSpan Own() => Process.GetCurrentProcess().TotalProcessorTime;

        private static void Row(FormattableString row) => Console.WriteLine(row.ToString(CultureInfo.InvariantCulture));
    }
}
