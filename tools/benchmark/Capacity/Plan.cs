namespace ChatMonolith.Benchmark.Capacity;

/// <summary>The machines that a town takes, by arithmetic. PostgreSQL servers are halves of rooms: each with its own nodes' log.</summary>
/// <param name="Databases">PostgreSQL servers among which rooms are spread; 1 is what the program does today.</param>
/// <param name="Nodes">Of all.</param>
/// <param name="DeliveriesForAMessage">Sockets that a message reaches, in the mean.</param>
/// <param name="OtherNodes">Nodes beside the sender's at which somebody listens to its room, in the mean.</param>
/// <param name="NodeLoad">Share of a node's cores that the busiest minutes take.</param>
/// <param name="LogLoad">Share of the time at which one database's log is held by works that have it alone.</param>
/// <param name="DatabaseCores">Cores of one PostgreSQL server that inserting takes.</param>
internal sealed record Plan(Town Town, int Databases, int Nodes, double DeliveriesForAMessage, double OtherNodes, double NodeLoad, double LogLoad, double DatabaseCores)
{
    public const int CoresOfANode = 8;
    private const int MostNodes = 100_000;

    /// <summary>So much of a node's cores is meant to be used at the peak, with one node gone.</summary>
    public const double MostLoad = 0.6;

    /// <summary>So much of the time may works have the log for themselves before messages wait noticeably.</summary>
    public const double MostLogLoad = 0.5;
    public const double MostSocketsOfANode = 200_000;
    public const double MostDatabaseCores = 16;

    public double NodeGigabytes => (0.5e9 + (Town.Sockets / Nodes * Costs.ConnectionBytes)) / 1e9;

    public double NodeMegabits => Town.MessagesASecond * DeliveriesForAMessage / Nodes * Costs.DeliveryBytes * 8 / 1e6;

    public double StoredGigabytesAYear => Town.People * Town.MessagesADay * 250 * Costs.StoredBytes / 1e9;

    public double WalGigabytesADay => Town.People * Town.MessagesADay * Costs.WalBytes / 1e9;

    public static Plan For(Town town)
    {
        var databases = 1;
        while (LoadOfLog(town, databases) > MostLogLoad || CoresOfDatabase(town, databases) > MostDatabaseCores)
        {
            databases++;
        }

        var nodes = 2;
        for (; nodes < MostNodes; nodes = Math.Max(nodes + 1, nodes * 101 / 100))
        {
            // One more than are needed: any of them may die.
            var plan = With(town, databases, nodes);
            if (With(town, databases, nodes - 1).NodeLoad <= MostLoad && town.Sockets / nodes - 1 <= MostSocketsOfANode)
            {
                return plan;
            }
        }

        throw new InvalidOperationException("No number of nodes carries this town.");
    }

    public static Plan With(Town town, int databases, int nodes)
    {
        var deliveries = town.Rooms.Sum(r => r.Share * Mean(r, members => members * Town.SocketShare));
        var others = town.Rooms.Sum(r => r.Share * Mean(r, members => (nodes - 1) * (1 - Math.Pow(1 - (1.0 / nodes), members * Town.SocketShare))));
        var messages = town.MessagesASecond;
        var cpu = (messages / nodes * (Costs.MessageCpu + (deliveries * Costs.DeliveryCpu)))
            + (messages * others / nodes * Costs.FollowCpu)
            + (Notes(town, databases, nodes) * Costs.NoteCpu)
            + (town.Sockets / nodes * Town.JoinsASecond * Costs.JoinCpu);
        return new Plan(town, databases, nodes, deliveries, others, cpu / CoresOfANode, LoadOfLog(town, databases), CoresOfDatabase(town, databases));
    }

    /// <summary>
    /// Notes that a node gets in a second. Each node commits what its own people send, at most so often, and each other gets the note: as the
    /// program is. Where rooms are spread over databases a note has to go to those alone who listen to its rooms: that is counted as following.
    /// </summary>
    public static double Notes(Town town, int databases, int nodes) =>
        databases > 1 ? 0 : Math.Min(Math.Min(town.MessagesASecond / nodes, 1 / Costs.CommitSeconds) * (nodes - 1), town.MessagesASecond);

    private static double LoadOfLog(Town town, int databases) => town.WorksASecond / databases * Costs.WorkSeconds;

    private static double CoresOfDatabase(Town town, int databases) => town.MessagesASecond / databases * Costs.DatabaseCpu;

    /// <summary>The mean of what follows from a room's members, by adding up slices of the distribution.</summary>
    private static double Mean(RoomKind kind, Func<double, double> of)
    {
        if (kind.Sigma == 0)
        {
            return of(Math.Clamp(kind.Median, kind.Least, kind.Most));
        }

        const int slices = 4_000;
        const double reach = 5;
        var (sum, weights) = (0.0, 0.0);
        for (var i = 0; i < slices; i++)
        {
            var z = -reach + ((i + 0.5) * 2 * reach / slices);
            var weight = Math.Exp(-z * z / 2);
            sum += weight * of(Math.Clamp(kind.Median * Math.Exp(kind.Sigma * z), kind.Least, kind.Most));
            weights += weight;
        }

        return sum / weights;
    }
}
