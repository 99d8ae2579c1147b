namespace ChatMonolith.Benchmark.Capacity;

/// <summary>Rooms of one kind: their share of all messages, and how many members the room of a message has (log-normal, cut at both ends).</summary>
internal sealed record RoomKind(string Name, double Share, double Median, double Sigma, int Least, int Most);

/// <summary>Who uses it, and how much. All of it is assumed, and an argument or an edit away from being another town.</summary>
/// <param name="People">Accounts.</param>
internal sealed record Town(double People)
{
    /// <summary>Of an account, in the busiest minutes.</summary>
    public const double OnlineShare = 0.30;

    /// <summary>Open sockets of somebody who is online: a desk and, for some, a phone.</summary>
    public const double Devices = 1.3;

    /// <summary>Messages of an account a day, over all accounts.</summary>
    public const double MessagesADay = 20;

    /// <summary>Of a day's messages, in the busiest hour; times what its busiest minutes are above it.</summary>
    public const double PeakShareOfDay = 0.14 * 1.5;

    /// <summary>Reactions, edits, deletions and changes of members for each message; each is a work that has the log for itself.</summary>
    public const double WorksForAMessage = 0.2;

    /// <summary>Connections that are made anew in a second, of all that are open: people come and go, networks change.</summary>
    public const double JoinsASecond = 1.0 / 1800;

    public IReadOnlyList<RoomKind> Rooms { get; } =
    [
        new("two people", 0.40, 2, 0, 2, 2),
        new("a team", 0.42, 12, 0.8, 3, 200),
        new("a channel", 0.17, 150, 1.1, 20, 5_000),
        new("everybody", 0.01, Math.Min(People, 10_000), 0, 2, 10_000),
    ];

    public const double SocketShare = OnlineShare * Devices;

    public double Sockets => People * SocketShare;

    public double MessagesASecond => People * MessagesADay * PeakShareOfDay / 3600;

    public double WorksASecond => MessagesASecond * WorksForAMessage;
}
