using System.Globalization;
using ChatMonolith.Benchmark.Load;

namespace ChatMonolith.Benchmark.Growth;

/// <summary>
/// What a delivery costs the server under full load: so many messages are always on their way, and when one has come back to its sender the
/// next member of the next room sends, so that all rooms and members have their turn.
/// </summary>
internal static class Deliveries
{
    private const int JoinsAtATime = 100;
    private const double WarmUpSeconds = 4;
    private static readonly TimeSpan JoinLimit = TimeSpan.FromSeconds(120);

    /// <param name="binary">The server.</param>
    /// <param name="data">Its seeded data.</param>
    /// <param name="tokens">The seeded people.</param>
    /// <param name="first">The first of the rooms that are used, in the order of seeding.</param>
    /// <param name="count">How many.</param>
    /// <param name="inFlight">Messages on their way at a time.</param>
    /// <param name="seconds">How long is measured.</param>
    public static async Task<int> Measure(string binary, string data, string tokens, int first, int count, int inFlight, double seconds)
    {
        await using var server = await ServerProcess.Start(binary, data);
        var rooms = SeededRoom.All(SeededPerson.All(tokens)).Skip(first).Take(count).ToArray();
        using var loop = new LoadLoop(server.Address);
        var turns = new Turns(loop);
        var members = rooms.SelectMany(r => r.Members).DistinctBy(p => p.UserId).ToDictionary(p => p.UserId, p => new Member(p, turns));
        loop.ConnectAll([.. members.Values], JoinsAtATime, JoinLimit);
        turns.Fill(rooms, members);
        for (var i = 0; i < inFlight; i++)
        {
            turns.Next();
        }

        loop.PollFor(WarmUpSeconds);
        var (cpu, deliveries, returned, started) = (server.Cpu, turns.Deliveries, turns.Returned, LoadLoop.Now);
        turns.Latencies = new Latencies();
        loop.PollFor(seconds);
        var elapsed = LoadLoop.SecondsSince(started);
        var (spent, delivered, messages) = ((server.Cpu - cpu).TotalSeconds, turns.Deliveries - deliveries, turns.Returned - returned);
        turns.IsOver = true;
        loop.PollFor(2);
        var perSecond = delivered / spent;
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"| {rooms.Length} | {rooms.Average(r => r.Members.Count):F0} | {members.Count} | {inFlight} | {messages / elapsed:F0} | {delivered / elapsed:F0} | {spent / elapsed:P0} | {perSecond:F0} | {spent * 1000 / messages:F3} | {turns.Latencies.Percentile(0.5):F1} | {turns.Latencies.Percentile(0.99):F1} | {turns.Refused} |"));
        return 0;
    }

    /// <summary>Whose turn it is: a first member in each room, then the second, …</summary>
    private sealed class Turns(LoadLoop loop)
    {
        private readonly List<(Member Member, Guid Room)> pairs = [];
        private int next;

        public long Deliveries { get; private set; }

        public long Returned { get; private set; }

        public int Refused { get; private set; }

        public bool IsOver { get; set; }

        public Latencies Latencies { get; set; } = new();

        public void Fill(SeededRoom[] rooms, Dictionary<Guid, Member> members)
        {
            for (var i = 0; i < rooms.Max(r => r.Members.Count); i++)
            {
                pairs.AddRange(rooms.Where(r => r.Members.Count > i).Select(r => (members[r.Members[i].UserId], r.Id)));
            }
        }

        public void Next()
        {
            var (member, room) = pairs[next++ % pairs.Count];
            loop.Send(member, Frames.Message(room, LoadLoop.Now, member.Id, ++member.Sent));
        }

        public void Delivered(Member to, ReadOnlySpan<byte> frame)
        {
            Deliveries++;
            if (Frames.TryStamp(frame, out var due, out var sender) && sender == to.Id)
            {
                Returned++;
                Latencies.Add(LoadLoop.SecondsSince(due) * 1000);
                if (!IsOver)
                {
                    Next();
                }
            }
        }

        public void RefusedOne() => Refused++;
    }

    private sealed class Member(SeededPerson person, Turns turns) : Client(person)
    {
        public int Sent { get; set; }

        public override void Take(ReadOnlySpan<byte> frame)
        {
            if (Frames.IsMessage(frame))
            {
                turns.Delivered(this, frame);
            }
            else if (Frames.IsType(frame, "error"u8))
            {
                turns.RefusedOne();
            }
        }

        public override void Lost(string why) => throw new InvalidOperationException($"A member's socket was lost: {why}");
    }
}
