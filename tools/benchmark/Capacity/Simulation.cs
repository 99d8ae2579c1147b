namespace ChatMonolith.Benchmark.Capacity;

/// <summary>
/// The same town, lived through instead of computed: messages are drawn one by one, with their rooms, who of the members is online and at
/// which node; and the commits of one database's log run against each other for some seconds, messages sharing it and other works having it
/// alone. Seeded, so that a run can be repeated.
/// </summary>
internal sealed class Simulation(Plan plan, int seed)
{
    private const int Messages = 200_000;
    private const int TaggedNode = 0;
    private ulong state = (ulong)seed;
    private readonly Town town = plan.Town;

    /// <returns>Deliveries and other nodes for a message in the mean, and the load of one node.</returns>
    public (double Deliveries, double OtherNodes, double NodeLoad) Live()
    {
        var nodes = plan.Nodes;
        var seen = new int[nodes];
        var (deliveries, others, cpu) = (0L, 0L, 0.0);
        for (var message = 1; message <= Messages; message++)
        {
            var sender = Draw(nodes);
            var sockets = Binomial((int)Math.Round(Members(Kind())), Town.SocketShare);
            var (elsewhere, here) = (0, 0);
            for (var socket = 0; socket < sockets; socket++)
            {
                var node = Draw(nodes);
                here += node == TaggedNode ? 1 : 0;
                if (seen[node] != message)
                {
                    seen[node] = message;
                    elsewhere += node == sender ? 0 : 1;
                }
            }

            deliveries += sockets;
            others += elsewhere;
            cpu += (sender == TaggedNode ? Costs.MessageCpu : 0) + (here * Costs.DeliveryCpu) + (here > 0 && sender != TaggedNode ? Costs.FollowCpu : 0);
        }

        var aSecond = town.MessagesASecond / Messages;
        var load = (cpu * aSecond) + (Plan.Notes(town, plan.Databases, nodes) * Costs.NoteCpu) + (town.Sockets / nodes * Town.JoinsASecond * Costs.JoinCpu);
        return ((double)deliveries / Messages, (double)others / Messages, load / Plan.CoresOfANode);
    }

    /// <summary>
    /// One database's log for <paramref name="seconds"/> at the peak's rate. Messages gather at their node while its last commit runs, and
    /// share the log with other nodes' commits; a work waits until nobody has it, and then has it alone, those that came first first.
    /// </summary>
    /// <returns>Milliseconds from sending to durable: median and 99th percentile; and the share of the time at which a work had the log.</returns>
    public (double Median, double P99, double Alone) Commit(double seconds)
    {
        var nodes = Math.Max(1, plan.Nodes / plan.Databases);
        var messageRate = town.MessagesASecond / plan.Databases;
        var workRate = town.WorksASecond / plan.Databases;
        var waiting = Enumerable.Range(0, nodes).Select(_ => new Queue<double>()).ToArray();
        var busy = new bool[nodes];
        var ends = new PriorityQueue<int, double>();
        var works = new Queue<double>();
        var wanting = new Queue<int>();
        var times = new List<double>();
        var (now, sharing, alone, aloneTime) = (0.0, 0, false, 0.0);
        var (nextMessage, nextWork) = (Wait(messageRate), Wait(workRate));
        while (now < seconds)
        {
            var nextEnd = ends.TryPeek(out _, out var at) ? at : double.PositiveInfinity;
            now = Math.Min(nextEnd, Math.Min(nextMessage, nextWork));
            if (now == nextEnd)
            {
                var ended = ends.Dequeue();
                if (ended < 0)
                {
                    alone = false;
                }
                else
                {
                    sharing--;
                    busy[ended] = false;
                    Want(ended);
                }
            }
            else if (now == nextMessage)
            {
                nextMessage = now + Wait(messageRate);
                var node = Draw(nodes);
                waiting[node].Enqueue(now);
                Want(node);
            }
            else
            {
                nextWork = now + Wait(workRate);
                works.Enqueue(now);
            }

            Enter();
        }

        times.Sort();
        return times.Count == 0 ? (0, 0, 0) : (times[times.Count / 2] * 1000, times[(int)(times.Count * 0.99)] * 1000, aloneTime / seconds);

        void Want(int node)
        {
            if (!busy[node] && waiting[node].Count > 0)
            {
                busy[node] = true;
                wanting.Enqueue(node);
            }
        }

        void Enter()
        {
            // A work that waits lets no further message before it, as PostgreSQL's queue of a lock has it.
            if (!alone && works.Count == 0)
            {
                while (wanting.TryDequeue(out var node))
                {
                    sharing++;
                    for (var i = 0; i < Costs.MostInCommit && waiting[node].TryDequeue(out var sent); i++)
                    {
                        times.Add(now + Costs.CommitSeconds - sent);
                    }

                    ends.Enqueue(node, now + Costs.CommitSeconds);
                }
            }
            else if (!alone && sharing == 0)
            {
                works.Dequeue();
                alone = true;
                aloneTime += Costs.WorkSeconds;
                ends.Enqueue(-1, now + Costs.WorkSeconds);
            }
        }
    }

    private RoomKind Kind()
    {
        var draw = Draw();
        foreach (var kind in town.Rooms)
        {
            if ((draw -= kind.Share) < 0)
            {
                return kind;
            }
        }

        return town.Rooms[^1];
    }

    private double Members(RoomKind kind) => Math.Clamp(kind.Median * Math.Exp(kind.Sigma * Normal()), kind.Least, kind.Most);

    private int Binomial(int count, double share)
    {
        if (count > 400)
        {
            // As near as needed, and quicker.
            return Math.Clamp((int)Math.Round((count * share) + (Normal() * Math.Sqrt(count * share * (1 - share)))), 0, count);
        }

        var hits = 0;
        for (var i = 0; i < count; i++)
        {
            hits += Draw() < share ? 1 : 0;
        }

        return hits;
    }

    /// <summary>From 0 to below 1: SplitMix64 (Steele, Lea and Flood 2014).</summary>
    private double Draw()
    {
        state += 0x9E3779B97F4A7C15;
        var z = state;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return ((z ^ (z >> 31)) >> 11) * (1.0 / (1UL << 53));
    }

    private int Draw(int bound) => (int)(Draw() * bound);

    /// <summary>Box and Muller (1958).</summary>
    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - Draw())) * Math.Cos(2 * Math.PI * Draw());

    private double Wait(double rate) => rate <= 0 ? double.PositiveInfinity : -Math.Log(1 - Draw()) / rate;
}
