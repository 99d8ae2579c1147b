using System.Globalization;
using System.Text.Json;
using ChatMonolith.Tests.Files;
using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Reliability;

namespace ChatMonolith.Tests.Cluster;

/// <summary>
/// Thirty clients that talk through the balancer while a test brings about its fault: twenty over sockets, eight over HTTP, two that
/// follow. <see cref="Judge"/> ends it, reads what is there on every node, and has the checker judge.
/// </summary>
internal sealed class ClusterLoad : IAsyncDisposable
{
    private const int SocketClients = 20;
    private const int HttpClients = 8;
    private const int Rooms = 4;
    private const int Readers = 6;

    /// <summary>So soon everybody is served again when a fault is over, or when its node is gone for good.</summary>
    private static readonly TimeSpan Back = Depth.Seconds(10);
    private readonly ClusterFixture fixture;
    private readonly Dice dice;
    private readonly int[] fenced;
    private readonly CancellationTokenSource stop = new();
    private readonly CancellationTokenSource giveUp = new();
    private readonly List<Person> people = [];
    private readonly List<ClusterClient> clients = [];
    private readonly List<Guid> rooms = [];
    private readonly Dictionary<Guid, Person> uploads = [];
    private readonly ClusterSetting setting;
    private Task[] running = [];
    private TimeSpan slowestBack;
    private bool isPassed;

    private ClusterLoad(ClusterFixture fixture, Dice dice, bool commitsFail, int[] fenced)
    {
        (this.fixture, this.dice, this.fenced) = (fixture, dice, fenced);
        setting = new ClusterSetting(new ClusterHistory(), fixture.Cluster.Balancer.Address, fixture.Cluster.All, Depth.IsDeep ? 120 : 240, commitsFail);
    }

    public ClusterHistory History => setting.History;

    public IReadOnlyList<ClusterClient> Clients => clients;

    /// <summary>Makes the cluster whole, and returns when every client has been served.</summary>
    /// <param name="fixture">The cluster and its people.</param>
    /// <param name="dice">Randomness.</param>
    /// <param name="commitsFail">The fault ends commits whose answers may be lost.</param>
    /// <param name="fenced">
    /// For each of the first clients the node that its socket is on, past the balancer: a session of its own, whose right a test will end.
    /// </param>
    public static async Task<ClusterLoad> Start(ClusterFixture fixture, Dice dice, bool commitsFail = false, params int[] fenced)
    {
        await fixture.Cluster.MakeWhole();
        var load = new ClusterLoad(fixture, dice, commitsFail, fenced);
        try
        {
            await load.Begin();
            return load;
        }
        catch
        {
            await load.DisposeAsync();
            throw;
        }
    }

    public static long Now() => TimeProvider.System.GetTimestamp();

    /// <summary>Everybody who still may has something done that they asked for after <paramref name="since"/>, within ten seconds of it.</summary>
    public async Task AllAreBack(long since, string after)
    {
        try
        {
            await Deadline.Until(() => clients.TrueForAll(c => c.LastGood > since || c.IsOver), after, Back);
        }
        catch (TimeoutException)
        {
            History.Messages.Defects.Enqueue($"ten seconds after {after} these are not back: {string.Join("; ", clients.Where(c => c.LastGood <= since && !c.IsOver))}");
        }

        var took = TimeProvider.System.GetElapsedTime(since);
        slowestBack = took > slowestBack ? took : slowestBack;
    }

    /// <summary>The call that ended a client's right to these rooms has returned.</summary>
    public void Fenced(int client, params IEnumerable<Guid> from)
    {
        var at = Now();
        foreach (var room in from)
        {
            History.Fences.Enqueue(new Fence($"socket{client}", room, at));
        }
    }

    /// <summary>The session of a client that a test will end.</summary>
    public Person PersonOf(int client) => people[client];

    public IReadOnlyList<Guid> RoomsOf(int client) => [rooms[client % Rooms], rooms[(client + 1) % Rooms]];

    /// <summary>Everybody goes on: so many times all who may have something done that they asked for since. Whom a test ends by itself is not waited for.</summary>
    public async Task GoesOn(int times)
    {
        for (var i = 0; i < times; i++)
        {
            var since = Now();
            await All(c => c.LastGood > since || c.IsOver || c.IsToBeFenced, "go on", TimeSpan.FromSeconds(60));
        }
    }

    /// <summary>Somebody's own file, through the balancer.</summary>
    public async Task<Answer> Upload(int client)
    {
        var bytes = FilePeople.Random(20_000 + dice.Next(200_000));
        var answer = await people[client].PostFile("data.bin", bytes);
        if (answer.IsOk)
        {
            var id = answer["file"].Id();
            uploads[id] = people[client];
            History.Files.Enqueue(new StoredFile(id, FilePeople.Sha256(bytes)));
        }

        return answer;
    }

    /// <summary>Ends the load and lets the checker judge.</summary>
    public async Task Judge(string what)
    {
        await stop.CancelAsync();
        await All(c => c.HasAllAnswers || c.IsOver, "get all answers", TimeSpan.FromSeconds(40));
        var heads = new Dictionary<Guid, long>();
        foreach (var room in rooms)
        {
            heads[room] = (await fixture.Owner.Http.Get($"rooms/{room}/events?limit=1")).Ok(200)["lastSeq"].GetInt64();
        }

        setting.Heads.SetResult(heads);
        await Task.WhenAll(running).Within("the clients to end", TimeSpan.FromSeconds(60));
        var violations = ClusterChecker.Check(History, await ReadAll(heads));
        var acknowledged = History.Messages.Operations.Count(o => o.IsAcknowledged);
        TestContext.Current.TestOutputHelper?.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{what}, seed {dice.Seed}: {History.Messages.Operations.Count} sent, {acknowledged} acknowledged, {heads.Values.Sum()} entries, {History.ReadBacks.Count} read back, all back within {slowestBack.TotalSeconds:f1} s"));
        violations.Take(20).ShouldBeEmpty($"{violations.Count} violations, seed {dice.Seed}");
        acknowledged.ShouldBeGreaterThan(ClusterFixture.People);
        isPassed = true;
    }

    public async ValueTask DisposeAsync()
    {
        await stop.CancelAsync();
        await giveUp.CancelAsync();
        setting.Heads.TrySetCanceled();
        await Task.WhenAll(running).WaitAsync(TimeSpan.FromSeconds(60)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var person in people)
        {
            await person.DisposeAsync();
        }

        if (!isPassed)
        {
            TestContext.Current.TestOutputHelper?.WriteLine(fixture.Cluster.Warnings());
        }

        stop.Dispose();
        giveUp.Dispose();
    }

    private async Task Begin()
    {
        for (var i = 0; i < fixture.Clients.Count; i++)
        {
            if (i < fenced.Length)
            {
                await using var device = await fixture.Clients[i].AtAnotherDevice();
                people.Add(device.Through(setting.Nodes[fenced[i]].Address));
            }
            else
            {
                people.Add(fixture.Clients[i].Through(setting.Entrance));
            }
        }

        for (var i = 0; i < Rooms; i++)
        {
            rooms.Add(await fixture.Owner.CreateRoom($"room {i}", "private", [.. people.Where((_, at) => at % Rooms == i || (at + 1) % Rooms == i)]));
        }

        for (var i = 0; i < people.Count; i++)
        {
            var own = RoomsOf(i);
            clients.Add(i switch
            {
                _ when i < fenced.Length => new ClusterSocketClient(people[i], $"socket{i}", own, setting with { Entrance = setting.Nodes[fenced[i]].Address }, dice.Fork()) { IsToBeFenced = true },
                < SocketClients => new ClusterSocketClient(people[i], $"socket{i}", own, setting, dice.Fork()),
                < SocketClients + HttpClients => new ClusterHttpClient(people[i], $"http{i}", own, setting, dice.Fork()),
                _ => new ClusterFollower(people[i], $"follower{i}", own, setting, dice.Fork()),
            });
        }

        foreach (var observation in clients.Where(c => c is not ClusterHttpClient).SelectMany(c => c.Observations))
        {
            History.Messages.Observations.Enqueue(observation);
        }

        var began = Now();
        running = [.. clients.Select(c => Task.Run(() => c.RunLives(stop.Token, giveUp.Token)))];
        await All(c => c.LastGood > began, "be served", TimeSpan.FromSeconds(30));
    }

    private async Task All(Func<ClusterClient, bool> condition, string what, TimeSpan limit)
    {
        try
        {
            await Deadline.Until(() => clients.TrueForAll(c => condition(c)), what, limit);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"These did not {what}: {string.Join("; ", clients.Where(c => !condition(c)))}; {string.Join('\n', History.Messages.Defects.Take(5))}", e);
        }
    }

    private async Task<Aftermath> ReadAll(Dictionary<Guid, long> heads)
    {
        var read = new List<NodeRead>();
        var positions = new List<PositionRead>();
        var files = new List<FileRead>();
        var readers = clients.Take(SocketClients).Where(c => !c.IsToBeFenced).Take(Readers).Select(c => people[clients.IndexOf(c)]).ToArray();
        foreach (var reader in readers)
        {
            await Mark(reader, heads);
        }

        for (var node = 0; node < setting.Nodes.Count; node++)
        {
            var address = setting.Nodes[node].Address;
            await using var owner = fixture.Owner.Through(address);
            foreach (var room in rooms)
            {
                read.Add(new NodeRead($"node {node}", await Read(owner, room)));
            }

            foreach (var reader in readers)
            {
                await using var there = reader.Through(address);
                foreach (var mark in History.Marks.Where(m => m.Person == reader.Id))
                {
                    positions.Add(await Position(there, $"node {node}", mark));
                }
            }

            foreach (var (id, uploader) in uploads)
            {
                await using var there = uploader.Through(address);
                var answer = await there.Http.Send(HttpMethod.Get, $"files/{id}");
                files.Add(new FileRead($"node {node}", id, answer.Status, answer.IsOk ? FilePeople.Sha256(await there.Download(id)) : ""));
            }
        }

        return new Aftermath(read, positions, files);
    }

    private async Task Mark(Person reader, Dictionary<Guid, long> heads)
    {
        foreach (var room in clients[people.IndexOf(reader)].Observations.Select(o => o.Room))
        {
            var seq = Math.Max(1, heads[room] - dice.Next(20));
            (await reader.Http.Put($"rooms/{room}/read", new { seq })).Ok(204);
            History.Marks.Enqueue(new ReadMark(reader.Id, room, seq));
        }
    }

    /// <summary>Positions are gathered for a second before they are written: a node may be that late.</summary>
    private static async Task<PositionRead> Position(Person reader, string node, ReadMark mark)
    {
        JsonElement room = default;
        await Deadline.Until(
            async () =>
            {
                room = (await reader.Http.Get($"rooms/{mark.Room}")).Ok(200).Json;
                return room.Number("lastReadSeq") >= mark.Seq;
            },
            $"{node} to know how far {reader.Username} has read");
        return new PositionRead(node, reader.Id, mark.Room, room.Number("lastReadSeq"), (int)room.Number("unreadCount"));
    }

    private static async Task<FinalRead> Read(Person reader, Guid room)
    {
        var log = (await reader.Events(room)).Select(LogLine.From).ToArray();
        var messages = (await reader.History(room)).Select(m => new StoredMessage(m.Id(), m.Seq(), m.Id("senderId"), m.Word("clientId"), m.Text())).ToArray();
        var head = (await reader.Http.Get($"rooms/{room}/events?after={log.Length}&limit=1")).Ok(200);
        return new FinalRead(room, log, messages, head["lastSeq"].GetInt64(), head["digest"].GetString()!);
    }
}
