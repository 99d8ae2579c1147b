using System.Diagnostics;
using System.Text.Json;

namespace ChatMonolith.Chatctl.Loading;

/// <summary>The people of a test, their rooms and their sockets.</summary>
internal sealed class Crowd : IDisposable
{
    private const int AtOnce = 16;
    private const int PeoplePerCall = 200;
    private readonly LoadPlan plan;
    private readonly ContractClient http;
    private readonly string[] tokens;
    private readonly Guid[] ids;
    private readonly Dictionary<Guid, LoadRoom> rooms = [];
    private readonly Dictionary<int, LoadSocket> sockets = [];

    private Crowd(LoadPlan plan, ContractClient http, string[] tokens)
    {
        this.plan = plan;
        this.http = http;
        this.tokens = tokens;
        ids = new Guid[tokens.Length];
    }

    public LoadFigures Figures { get; } = new();

    public IReadOnlyCollection<LoadRoom> Rooms => rooms.Values;

    public IReadOnlyCollection<LoadSocket> Sockets => sockets.Values;

    public IReadOnlyList<(LoadSocket Socket, LoadRoom Room)> Senders { get; private set; } = [];

    public IEnumerable<LoadSocket> SocketsOf(LoadRoom room) => room.Members.Select(m => sockets[m]);

    /// <summary>Reads or registers the people.</summary>
    public static async Task<Crowd> Gather(LoadPlan plan, CancellationToken ct)
    {
        var client = new ContractClient(plan.Url);
        try
        {
            var access = plan.TokenFile is { } file ? await ReadTokens(file, ct) : await client.Register(plan.Users, ct);
            if (access.Length < plan.Members)
            {
                throw new RefusedException($"A room of {plan.Members} needs as many people; there are {access.Length}.");
            }

            return new Crowd(plan, client, access);
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>Makes the rooms; people are taken in turn, so that rooms share nobody while there are enough.</summary>
    public async Task MakeRooms(CancellationToken ct)
    {
        var planned = Enumerable.Range(0, plan.Rooms)
            .Select(r => Enumerable.Range(r * plan.Members, plan.Members).Select(i => i % tokens.Length).ToArray()).ToArray();
        await InParallel(planned.SelectMany(p => p).Distinct(), async (i, token) => ids[i] = await http.WhoAmI(tokens[i], token), ct);
        await InParallel(planned, async (members, token) =>
        {
            var maker = tokens[members[0]];
            var id = await http.MakeRoom(maker, "Load test", token);
            foreach (var chunk in members.Skip(1).Chunk(PeoplePerCall))
            {
                await http.AddMembers(maker, id, [.. chunk.Select(i => ids[i])], token);
            }

            var room = new LoadRoom(id, members) { StartSeq = await http.LastSeq(maker, id, token) };
            lock (rooms)
            {
                rooms.Add(id, room);
            }
        }, ct);
    }

    public async Task Connect(CancellationToken ct)
    {
        var padding = new string('x', Math.Max(0, plan.TextLength - 19));
        var socketAddress = new UriBuilder(plan.Url) { Scheme = plan.Url.Scheme == "https" ? "wss" : "ws", Path = "/ws" }.Uri;
        foreach (var member in rooms.Values.SelectMany(r => r.Members).Distinct())
        {
            sockets.Add(member, new LoadSocket(Figures, padding, rooms));
        }

        await InParallel(sockets, async (entry, token) =>
        {
            if (plan.Tickets)
            {
                var ticket = await http.Ticket(tokens[entry.Key], token);
                await entry.Value.Open(new Uri(socketAddress, "/ws?ticket=" + Uri.EscapeDataString(ticket)), bearer: null, token);
            }
            else
            {
                await entry.Value.Open(socketAddress, tokens[entry.Key], token);
            }
        }, ct);

        // Neighbours in this list are in different rooms: a paced load does not hammer one room after the other.
        Senders = [.. Enumerable.Range(0, plan.Senders).SelectMany(s => rooms.Values.Select(r => (sockets[r.Members[s]], r)))];
    }

    public Task WaitForReplies(TimeSpan limit, CancellationToken ct) => Until(() => sockets.Values.All(s => s.Owed == 0 || !s.IsOpen), limit, ct);

    public Task WaitForDeliveries(TimeSpan limit, CancellationToken ct) =>
        Until(() => rooms.Values.All(r => SocketsOf(r).All(s => !s.IsOpen || s.LastSeq(r) >= r.Highest)), limit, ct);

    /// <summary>The client ids of a room's messages by <c>seq</c>, as the log tells them over HTTP.</summary>
    public Task<IReadOnlyDictionary<long, string>> ReadLog(LoadRoom room, CancellationToken ct) => http.ReadLog(tokens[room.Members[0]], room.Id, room.StartSeq, ct);

    /// <summary>Closes the sockets and deletes the rooms, also after a failure.</summary>
    public async Task Disperse()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        try
        {
            await InParallel(sockets.Values, (socket, _) => socket.Close(), limit.Token);
            await InParallel(rooms.Values, (room, token) => http.DeleteRoom(tokens[room.Members[0]], room.Id, token), limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or HttpRequestException or RefusedException)
        {
            await Console.Error.WriteLineAsync("The test's rooms could not all be deleted: " + e.Message);
        }
    }

    public void Dispose()
    {
        foreach (var socket in sockets.Values)
        {
            socket.Dispose();
        }

        http.Dispose();
    }

    private static Task InParallel<T>(IEnumerable<T> items, Func<T, CancellationToken, Task> action, CancellationToken ct) =>
        Parallel.ForEachAsync(items, new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = ct }, async (item, token) => await action(item, token));

    private static async Task<string[]> ReadTokens(string file, CancellationToken ct)
    {
        if (!File.Exists(file))
        {
            throw new RefusedException($"There is no token file {file}.");
        }

        var lines = await File.ReadAllLinesAsync(file, ct);
        return [.. lines.Where(l => l.Length > 0).Select(l => l[0] == '{' ? JsonDocument.Parse(l).RootElement.GetProperty("accessToken").GetString()! : l.Trim())];
    }

    private static async Task Until(Func<bool> holds, TimeSpan limit, CancellationToken ct)
    {
        var started = Stopwatch.GetTimestamp();
        while (!holds() && Stopwatch.GetElapsedTime(started) < limit)
        {
            await Task.Delay(10, ct);
        }
    }
}
