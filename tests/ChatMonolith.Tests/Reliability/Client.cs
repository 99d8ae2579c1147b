using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Reliability;

/// <summary>
/// A client under fire. <see cref="Run"/> lives until the server goes away or the run stops; called again after a restart it resumes
/// where it was and first repeats, with the same <c>clientId</c>, what it has no answer for.
/// </summary>
internal abstract class Client(Person person, string name, IReadOnlyList<Guid> rooms, History history, Dice dice)
{
    private long loggedInAt = TimeProvider.System.GetTimestamp();
    private int number;

    // Several answers come at once, each on a thread of its own.
    private readonly List<Operation> unanswered = [];

    /// <summary>So long a token is used before the person logs in again.</summary>
    protected virtual TimeSpan FreshToken => TimeSpan.FromMinutes(4);

    protected string Name => name;

    protected Person Person => person;

    protected History History => history;

    protected Dice Dice => dice;

    /// <summary>Sent, and no answer yet, in the order of sending.</summary>
    protected Operation[] Unanswered
    {
        get
        {
            lock (unanswered)
            {
                return [.. unanswered];
            }
        }
    }

    protected IReadOnlyDictionary<Guid, Observation> Observed { get; } = rooms.ToDictionary(r => r, r => new Observation(name, r));

    public IEnumerable<Observation> Observations => Observed.Values;

    public bool HasAllAnswers => Unanswered.Length == 0;

    /// <summary>How the last life ended, if it did not end by itself.</summary>
    public Exception? LastEnd { get; private set; }

    /// <summary>The last answer that was no outcome.</summary>
    public string? LastUnavailable { get; private set; }

    public override string ToString() => $"{name}: {Unanswered.Length} without an answer; last refused by {LastUnavailable ?? "nothing"}; last life ended by {LastEnd?.ToString() ?? "itself"}";

    /// <summary>Returns when the server has gone, or when <paramref name="stop"/> is asked for and every answer has come.</summary>
    public async Task Run(CancellationToken stop)
    {
        LastEnd = null;
        LastUnavailable = null;
        try
        {
            if (TimeProvider.System.GetElapsedTime(loggedInAt) > FreshToken)
            {
                await person.LogIn();
                loggedInAt = TimeProvider.System.GetTimestamp();
            }

            await Live(stop);
        }
        catch (Exception e) when (e is WebSocketException or HttpRequestException or SocketGoneException or IOException or OperationCanceledException)
        {
            // Gone, as the test wants it.
            LastEnd = e;
        }
        catch (Exception e)
        {
            history.Defects.Enqueue($"{name}: {e}");
        }
    }

    protected abstract Task Live(CancellationToken stop);

    protected Operation NewOperation()
    {
        number++;
        var clientId = string.Create(CultureInfo.InvariantCulture, $"{name}-{number}");
        var operation = new Operation(name, number, person.Id, dice.Pick(rooms), clientId, $"{clientId} says {dice.NextBits():x}", TimeProvider.System.GetTimestamp());
        history.Operations.Enqueue(operation);
        lock (unanswered)
        {
            unanswered.Add(operation);
        }

        return operation;
    }

    /// <summary>An <c>ok</c> over the socket, or the message over HTTP: both have <c>id</c> and <c>seq</c>.</summary>
    protected virtual void Acknowledge(Operation operation, JsonElement answer)
    {
        operation.Acknowledge(answer.Id(), answer.Seq(), TimeProvider.System.GetTimestamp());
        Answered(operation);
        history.CountAcknowledgement();
    }

    protected virtual void Refuse(Operation operation, string code, string answer)
    {
        if (code == "unavailable")
        {
            // No outcome: repeated later, and by then others of this client may have overtaken it.
            operation.WasOvertaken = true;
            LastUnavailable = answer;
            return;
        }

        operation.Refuse(code);
        Answered(operation);
        history.Defects.Enqueue($"{operation} was refused: {answer}");
    }

    private void Answered(Operation operation)
    {
        lock (unanswered)
        {
            unanswered.Remove(operation);
        }
    }
}

/// <summary>Sends and listens over a resuming socket, with a few commands under way at once.</summary>
internal sealed class SocketClient(Person person, string name, IReadOnlyList<Guid> rooms, History history, Dice dice) : Client(person, name, rooms, history, dice)
{
    private const int UnderWay = 4;
    private string? epoch;
    private long userSeq;

    protected override async Task Live(CancellationToken stop)
    {
        await using var socket = await LiveSocket.Connect(Person.Server.Address, SocketCredentials.Bearer(Person.AccessToken), resume: true, onFrame: Take, keep: false);
        await Resume(socket);
        foreach (var operation in Unanswered)
        {
            await Send(socket, operation);
        }

        var underWay = new Queue<Task>();
        while (!stop.IsCancellationRequested)
        {
            underWay.Enqueue(Send(socket, NewOperation()));
            if (underWay.Count == UnderWay)
            {
                await underWay.Dequeue();
            }
        }

        await Task.WhenAll(underWay);
        foreach (var operation in Unanswered)
        {
            await Send(socket, operation);
        }

        if (!socket.Unexpected.IsEmpty)
        {
            History.Defects.Enqueue($"a reply that nobody asked for: {string.Join(", ", socket.Unexpected)}");
        }
    }

    private async Task Resume(LiveSocket socket)
    {
        if (epoch is null)
        {
            epoch = socket.Hello.Word("epoch");
            userSeq = socket.Hello.Number("userSeq");
        }

        if (epoch != socket.Hello.Word("epoch"))
        {
            History.Defects.Enqueue($"the epoch changed from {epoch} to {socket.Hello.Word("epoch")}");
        }

        await socket.Do("resume", new { epoch, userSeq, rooms = Observed.ToDictionary(o => o.Key, o => o.Value.Position) });
    }

    private async Task Send(LiveSocket socket, Operation operation)
    {
        var reply = await socket.Ask("message.send", new { roomId = operation.Room, clientId = operation.ClientId, text = operation.Text }, TimeSpan.FromSeconds(30));
        if (reply.IsOk())
        {
            Acknowledge(operation, reply);
        }
        else
        {
            Refuse(operation, reply.Code(), reply.ToString());
        }
    }

    /// <summary>On the socket's reader, so in the order of arrival.</summary>
    private void Take(JsonElement frame)
    {
        if (frame.Number("userSeq") is > 0 and var seq && frame.Type() is not ("hello" or "ok"))
        {
            userSeq = seq;
        }
        else if (frame.IsOk() && frame.TryGetProperty("rooms", out var resumed))
        {
            userSeq = Math.Max(userSeq, frame.Number("userSeq"));
            foreach (var room in resumed.EnumerateObject())
            {
                if (!Observed.TryGetValue(Guid.Parse(room.Name), out var observation))
                {
                    continue;
                }

                if (!room.Value.GetProperty("complete").GetBoolean())
                {
                    observation.ReloadedAt(room.Value.Seq());
                }

                observation.ToldDigest(room.Value.Seq(), room.Value.Word("digest"));
            }
        }
        else if (Observed.TryGetValue(frame.Id("roomId"), out var seen) && frame.IsOf(seen.Room))
        {
            seen.Saw(LogLine.From(frame));
        }
    }
}

/// <summary>Posts one message after the other over HTTP, and reads some of them back.</summary>
internal sealed class HttpClientUnderFire(Person person, string name, IReadOnlyList<Guid> rooms, History history, Dice dice) : Client(person, name, rooms, history, dice)
{
    protected override async Task Live(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested || !HasAllAnswers)
        {
            await Send(Unanswered.FirstOrDefault() ?? NewOperation());
        }
    }

    private async Task Send(Operation operation)
    {
        var answer = await Person.Http.Post($"rooms/{operation.Room}/messages", new { clientId = operation.ClientId, text = operation.Text });
        if (!answer.IsOk)
        {
            Refuse(operation, answer.Code ?? "", answer.ToString());
            return;
        }

        Acknowledge(operation, answer.Json);
        if (Dice.OneIn(8))
        {
            var read = await Person.Http.Get($"messages/{answer["id"].GetGuid()}");
            if (read.Status != 200 || read.Json.Text() != operation.Text)
            {
                History.Defects.Enqueue($"I8 read your write: {operation} was acknowledged, then {read}");
            }
        }
    }
}

/// <summary>Follows the rooms over the events route with <c>wait</c>, as a client does where WebSockets are blocked. Sends nothing.</summary>
internal sealed class FollowingClient(Person person, string name, IReadOnlyList<Guid> rooms, History history, Dice dice) : Client(person, name, rooms, history, dice)
{
    protected override async Task Live(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            foreach (var (room, observation) in Observed)
            {
                var answer = await Person.Http.Get($"rooms/{room}/events?after={observation.Position}&limit=500&wait=1");
                if (answer.Status == 503)
                {
                    continue;
                }

                answer.Ok(200);
                foreach (var entry in answer["items"].EnumerateArray())
                {
                    observation.Saw(LogLine.From(entry));
                }

                observation.ToldDigest(answer["lastSeq"].GetInt64(), answer["digest"].GetString()!);
            }
        }
    }
}
