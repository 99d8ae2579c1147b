using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Reliability;

/// <summary>
/// Kills the real server in the middle of concurrent sending, over and over, on the same data; then compares what every client was told
/// with what is there (hardening C1, I1 to I8; the fence I9 is tested where removal is).
/// </summary>
public abstract class CrashTests(Engine engine, int rounds, int deepRounds)
{
    private const int SocketClients = 12;
    private const int HttpClients = 8;
    private readonly ITestOutputHelper output = TestContext.Current.TestOutputHelper!;

    [Fact]
    public async Task C1_nothing_acknowledged_is_lost_doubled_or_reordered_when_the_server_is_killed_while_all_are_sending()
    {
        var dice = Dice.FromEnvironment();
        var history = new History();
        await using var server = await RunningServer.Start(engine);
        var people = new List<Person>();
        for (var i = 0; i <= SocketClients + HttpClients; i++)
        {
            people.Add(await server.Register($"p{i}"));
        }

        Guid[] rooms = [await people[0].CreateRoom("busy", "private", [.. people.Skip(1)]), await people[1].CreateRoom("busier", "private", [.. people.Where(p => p != people[1])])];
        var clients = people.Select((p, i) => Make(p, i, rooms, history, dice.Fork())).ToArray();
        foreach (var observation in clients.SelectMany(c => c.Observations))
        {
            history.Observations.Enqueue(observation);
        }

        var slowestStart = TimeSpan.Zero;
        var allRounds = Depth.IsDeep ? deepRounds : rounds;
        for (var round = 1; round <= allRounds; round++)
        {
            var running = clients.Select(c => c.Run(CancellationToken.None)).ToArray();
            await RandomMoment(dice, history);
            await server.Kill9();
            await Task.WhenAll(running).Within("the clients to see that the server is gone", TimeSpan.FromSeconds(60));
            server.Output.ShouldNotContain("Unhandled", Case.Sensitive, $"round {round}, seed {dice.Seed}");
            var started = TimeProvider.System.GetTimestamp();
            await server.Restart();
            slowestStart = TimeProvider.System.GetElapsedTime(started) > slowestStart ? TimeProvider.System.GetElapsedTime(started) : slowestStart;
        }

        await FinishCalmly(clients);
        var finalReads = new List<FinalRead>();
        foreach (var room in rooms)
        {
            finalReads.Add(await Read(people[0], room));
        }

        var violations = HistoryChecker.Check(history, finalReads);
        var acknowledged = history.Operations.Count(o => o.IsAcknowledged);
        output.WriteLine($"seed {dice.Seed}: {allRounds} kills, {history.Operations.Count} sent, {acknowledged} acknowledged, {finalReads.Sum(r => r.LastSeq)} entries, slowest start {slowestStart.TotalSeconds:f1} s");
        violations.ShouldBeEmpty($"seed {dice.Seed}");
        acknowledged.ShouldBeGreaterThan(allRounds * 10);
    }

    /// <summary>
    /// A moment within the first two seconds of acknowledging, however long the machine takes to get there; in every fourth round one
    /// within the reconnecting, resuming and repeating before.
    /// </summary>
    private static async Task RandomMoment(Dice dice, History history)
    {
        if (dice.OneIn(4))
        {
            await Task.Delay(50 + dice.Next(500));
            return;
        }

        var before = history.Acknowledged;
        await Deadline.Until(() => history.Acknowledged > before || !history.Defects.IsEmpty, "the first acknowledgement of the round", TimeSpan.FromSeconds(60));
        await Task.Delay(dice.Next(2000));
    }

    private static Client Make(Person person, int index, Guid[] rooms, History history, Dice dice) => index switch
    {
        < SocketClients => new SocketClient(person, $"socket{index}", rooms, history, dice),
        < SocketClients + HttpClients => new HttpClientUnderFire(person, $"http{index}", rooms, history, dice),
        _ => new FollowingClient(person, $"follower{index}", rooms, history, dice),
    };

    /// <summary>
    /// No more kills: every client gets all its answers. A busy machine may answer <c>unavailable</c> or be slow to take a socket, and
    /// the contract's word for both is to come back and repeat; so lives go on until nothing is owed, within a bound.
    /// </summary>
    private static async Task FinishCalmly(Client[] clients)
    {
        for (var life = 0; life < 20 && (life == 0 || !clients.All(c => c.HasAllAnswers)); life++)
        {
            using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            await Task.WhenAll(clients.Select(c => c.Run(stop.Token))).Within("the clients to finish", TimeSpan.FromSeconds(60));
        }

        clients.Where(c => !c.HasAllAnswers).Select(c => c.ToString()).ShouldBeEmpty();
    }

    private static async Task<FinalRead> Read(Person reader, Guid room)
    {
        var log = (await reader.Events(room)).Select(LogLine.From).ToArray();
        var messages = (await reader.History(room)).Select(m => new StoredMessage(m.Id(), m.Seq(), m.Id("senderId"), m.Word("clientId"), m.Text())).ToArray();
        var head = (await reader.Http.Get($"rooms/{room}/events?after={log.Length}&limit=1")).Ok(200);
        return new FinalRead(room, log, messages, head["lastSeq"].GetInt64(), head["digest"].GetString()!);
    }

    public sealed class OnSqlite() : CrashTests(Engine.Sqlite, rounds: 20, deepRounds: 500);

    public sealed class OnPostgreSql() : CrashTests(Engine.PostgreSql, rounds: 8, deepRounds: 100);
}
