using System.Net.WebSockets;
using System.Text.Json;
using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Reliability;

namespace ChatMonolith.Tests.Cluster;

/// <summary>
/// A client of several nodes behind a balancer. Its lives follow each other with the web client's back-off, until it is stopped and has an
/// answer to everything, or until its right has ended.
/// </summary>
internal abstract class ClusterClient(Person person, string name, IReadOnlyList<Guid> rooms, ClusterSetting setting, Dice dice)
    : Client(person, name, rooms, setting.History.Messages, dice)
{
    private const int FirstCeiling = 500;
    private const int LastCeiling = 30_000;
    private const int ReadBackOneIn = 12;
    private static readonly TimeSpan ReadLimit = TimeSpan.FromSeconds(5);
    private int attempt;
    private long lastGood;

    /// <summary>Of their own accord it is not stopped: what it is refused is no defect, and ends it.</summary>
    public bool IsToBeFenced { get; set; }

    public bool IsOver { get; private set; }

    /// <summary>When the newest of what has been acknowledged was first sent.</summary>
    public long LastGood => Volatile.Read(ref lastGood);

    /// <summary>It has been stopped, and is owed nothing more.</summary>
    protected bool IsComplete { get; set; }

    protected ClusterSetting Setting => setting;

    protected override TimeSpan FreshToken => TimeSpan.MaxValue;

    public async Task RunLives(CancellationToken stop, CancellationToken giveUp)
    {
        while (!giveUp.IsCancellationRequested)
        {
            await Run(stop);
            IsOver |= IsToBeFenced && (LastEnd is SocketGoneException { CloseCode: 4403 } || (LastEnd is WebSocketException refused && refused.Message.Contains("'401'", StringComparison.Ordinal)));
            if (IsOver || (stop.IsCancellationRequested && IsComplete))
            {
                return;
            }

            var ceiling = (int)Math.Min(LastCeiling, FirstCeiling * Math.Pow(2, Math.Min(attempt++, 10)));
            await Task.Delay((ceiling / 2) + Dice.Next((ceiling / 2) + 1), giveUp).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>It is connected, and has taken up all that it missed.</summary>
    protected void IsBack() => attempt = 0;

    /// <summary>Something that it asked for at this time was done.</summary>
    protected void WasServed(long askedAt) => Volatile.Write(ref lastGood, Math.Max(LastGood, askedAt));

    protected override void Acknowledge(Operation operation, JsonElement answer)
    {
        base.Acknowledge(operation, answer);
        WasServed(operation.InvokedAt);
    }

    protected override void Refuse(Operation operation, string code, string answer)
    {
        if (IsToBeFenced && code is "not_found" or "unauthenticated")
        {
            operation.Refuse(code);
            IsOver = true;
            return;
        }

        base.Refuse(operation, code, answer);
    }

    protected Task Pause() => Task.Delay((setting.Pace / 2) + Dice.Next(setting.Pace + 1));

    /// <summary>What was acknowledged by one node can be read on any other.</summary>
    protected async Task ReadBackNowAndThen(Operation operation)
    {
        if (!operation.IsAcknowledged || !Dice.OneIn(ReadBackOneIn) || IsToBeFenced)
        {
            return;
        }

        var at = Dice.Next(setting.Nodes.Count);
        var (status, found) = (0, "");
        try
        {
            var path = $"messages/{operation.Acknowledgements[0].Id}";
            var answer = await setting.Nodes[at].Anonymous.Send(HttpMethod.Get, path, null, ("Authorization", "Bearer " + Person.AccessToken)).WaitAsync(ReadLimit);
            (status, found) = (answer.Status, answer.Status == 200 ? answer.Json.Text() : answer.Text);
        }
        catch (Exception e) when (e is HttpRequestException or TimeoutException or OperationCanceledException)
        {
            // The node is down, hangs or is on its way back.
        }

        setting.History.ReadBacks.Enqueue(new ReadBack(operation.ToString(), $"node {at}", status, operation.Text, found));
    }
}

/// <summary>What all clients of a run have in common.</summary>
/// <param name="Entrance">The balancer.</param>
/// <param name="Pace">Milliseconds between two messages of one client.</param>
/// <param name="CommitsFail">The fault ends commits whose answers may be lost.</param>
internal sealed record ClusterSetting(ClusterHistory History, Uri Entrance, IReadOnlyList<RunningServer> Nodes, int Pace, bool CommitsFail)
{
    /// <summary>Where the logs end, when nobody sends any more.</summary>
    public TaskCompletionSource<IReadOnlyDictionary<Guid, long>> Heads { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>Posts one message after the other over HTTP.</summary>
internal sealed class ClusterHttpClient(Person person, string name, IReadOnlyList<Guid> rooms, ClusterSetting setting, Dice dice)
    : ClusterClient(person, name, rooms, setting, dice)
{
    protected override async Task Live(CancellationToken stop)
    {
        while (!IsOver && (!stop.IsCancellationRequested || !HasAllAnswers))
        {
            await Send(Unanswered.FirstOrDefault() ?? NewOperation());
            await Pause();
        }

        IsComplete = true;
    }

    private async Task Send(Operation operation)
    {
        var answer = await Person.Http.Post($"rooms/{operation.Room}/messages", new { clientId = operation.ClientId, text = operation.Text });
        if (answer.IsOk)
        {
            IsBack();
            Acknowledge(operation, answer.Json);
            await ReadBackNowAndThen(operation);
        }
        else if (answer.Code is null && answer.Status is 502 or 503 or 504)
        {
            // The balancer's own word: it has no node at the moment, or lost the one that it asked.
            throw new HttpRequestException(answer.ToString());
        }
        else
        {
            Refuse(operation, answer.Code ?? "", answer.ToString());
        }
    }
}

/// <summary>Follows the rooms over the events route with <c>wait</c>. Sends nothing.</summary>
internal sealed class ClusterFollower(Person person, string name, IReadOnlyList<Guid> rooms, ClusterSetting setting, Dice dice)
    : ClusterClient(person, name, rooms, setting, dice)
{
    protected override async Task Live(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            foreach (var (room, observation) in Observed)
            {
                var askedAt = TimeProvider.System.GetTimestamp();
                var answer = await Person.Http.Get($"rooms/{room}/events?after={observation.Position}&limit=500&wait=1");
                if (answer.Status is 502 or 503 or 504)
                {
                    throw new HttpRequestException(answer.ToString());
                }

                answer.Ok(200);
                IsBack();
                WasServed(askedAt);
                foreach (var entry in answer["items"].EnumerateArray())
                {
                    observation.Saw(LogLine.From(entry));
                }

                observation.ToldDigest(answer["lastSeq"].GetInt64(), answer["digest"].GetString()!);
            }
        }

        IsComplete = true;
    }
}
