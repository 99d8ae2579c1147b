using System.Text.Json;
using ChatMonolith.Tests.Harness;
using ChatMonolith.Tests.Reliability;

namespace ChatMonolith.Tests.Cluster;

/// <summary>
/// Sends and listens over a resuming socket as the web client does: it repeats what it has no answer for with the same <c>clientId</c>,
/// resumes where it was, and moves to another node when its own says <c>goaway</c>, while the old socket still serves.
/// </summary>
internal sealed class ClusterSocketClient(Person person, string name, IReadOnlyList<Guid> rooms, ClusterSetting setting, Dice dice)
    : ClusterClient(person, name, rooms, setting, dice)
{
    private const int UnderWay = 3;

    /// <summary>More than that, and the server may say that the room is to be loaded anew (real-time contract, promise 5).</summary>
    private const int MostReplayed = 1_000;
    private static readonly TimeSpan ReplyLimit = TimeSpan.FromSeconds(6);
    private static readonly TimeSpan EndLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan HearLimit = Depth.Seconds(10);
    private readonly Lock sync = new();
    private string? epoch;
    private long userSeq;

    /// <summary>How often it moved because its node asked for it.</summary>
    public int Moves { get; private set; }

    protected override async Task Live(CancellationToken stop)
    {
        var underWay = new Queue<Task>();
        var life = await Open();
        try
        {
            await TakeUp(life);
            while (!stop.IsCancellationRequested && !IsOver)
            {
                if (life.MovesAt is { } at && TimeProvider.System.GetTimestamp() >= at)
                {
                    await Drained(underWay);
                    var old = life;
                    life = await Successor(old);
                    Moves++;
                }

                underWay.Enqueue(Send(life, NewOperation()));
                if (underWay.Count == UnderWay)
                {
                    await underWay.Dequeue();
                }

                await Pause();
            }

            await Drained(underWay);
            foreach (var operation in IsOver ? [] : Unanswered)
            {
                await Send(life, operation);
            }

            await HearTheEnd(life);
        }
        catch (TimeoutException e)
        {
            throw new IOException("No answer in time.", e);
        }
        finally
        {
            if (Setting.CommitsFail && Unanswered is { Length: > 1 } several)
            {
                // Of several under way the commit of one may have failed and that of the next not, and the answer that said so is lost.
                Array.ForEach(several, o => o.WasOvertaken = true);
            }

            await End(life);
            await Task.WhenAll(underWay).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Nobody sends any more: what was committed last is heard too, without a resume.</summary>
    private async Task HearTheEnd(Life life)
    {
        if (IsOver)
        {
            // What must not come would come now.
            await Task.WhenAny(Setting.Heads.Task, life.Socket.Closed);
            return;
        }

        if (!HasAllAnswers)
        {
            return;
        }

        var heads = await Setting.Heads.Task.WaitAsync(EndLimit);

        bool IsThere() => Observed.All(o => o.Value.Position >= heads[o.Key]);
        try
        {
            await Deadline.Until(() => IsThere() || life.Socket.Closed.IsCompleted, "the end of the logs", HearLimit);
        }
        catch (TimeoutException)
        {
            History.Defects.Enqueue($"I6 resume: {Name} stands at {string.Join(", ", Observed.Select(o => $"{o.Value.Position} of {heads[o.Key]}"))}, and nothing more comes");
        }

        if (!IsThere() && life.Socket.Closed.IsCompleted)
        {
            throw new IOException("The socket closed before the end.");
        }

        IsComplete = true;
    }

    private static async Task Drained(Queue<Task> underWay)
    {
        while (underWay.Count > 0)
        {
            await underWay.Dequeue();
        }
    }

    private async Task<Life> Open()
    {
        var life = new Life(Dice.Fork());
        life.Socket = await LiveSocket.Connect(
            Setting.Entrance, SocketCredentials.Bearer(Person.AccessToken), resume: true, onFrame: frame => Take(life, frame), keep: false);
        return life;
    }

    /// <summary>The old one serves until the new one is there.</summary>
    private async Task<Life> Successor(Life old)
    {
        var next = await Open();
        await End(old);
        try
        {
            await TakeUp(next);
            return next;
        }
        catch
        {
            await End(next);
            throw;
        }
    }

    private async Task End(Life life)
    {
        lock (sync)
        {
            life.IsOver = true;
        }

        if (!life.Socket.Unexpected.IsEmpty)
        {
            History.Defects.Enqueue($"{Name}: a reply that nobody asked for: {string.Join(", ", life.Socket.Unexpected)}");
        }

        await life.Socket.DisposeAsync();
    }

    private async Task TakeUp(Life life)
    {
        var hello = life.Socket.Hello;
        if (epoch is null)
        {
            epoch = hello.Word("epoch");
            userSeq = hello.Number("userSeq");
        }

        if (epoch != hello.Word("epoch"))
        {
            History.Defects.Enqueue($"{Name}: the epoch changed from {epoch} to {hello.Word("epoch")}");
        }

        var resumed = await life.Socket.Ask("resume", new { epoch, userSeq, rooms = Observed.ToDictionary(o => o.Key, o => o.Value.Position) }, ReplyLimit);
        if (!resumed.IsOk())
        {
            if (resumed.Code() != "unavailable")
            {
                History.Defects.Enqueue($"{Name}: could not resume: {resumed}");
            }

            throw new IOException("The server cannot resume at the moment.");
        }

        IsBack();
        foreach (var operation in Unanswered)
        {
            await Send(life, operation);
        }
    }

    private async Task Send(Life life, Operation operation)
    {
        var reply = await life.Socket.Ask("message.send", new { roomId = operation.Room, clientId = operation.ClientId, text = operation.Text }, ReplyLimit);
        if (reply.IsOk())
        {
            Acknowledge(operation, reply);
            await ReadBackNowAndThen(operation);
        }
        else
        {
            Refuse(operation, reply.Code(), reply.ToString());
        }
    }

    /// <summary>On the socket's reader, so in the order of arrival.</summary>
    private void Take(Life life, JsonElement frame)
    {
        lock (sync)
        {
            if (life.IsOver)
            {
                return;
            }

            if (frame.Type() == "goaway")
            {
                life.IsToMove(frame.Number("withinMs"));
            }
            else if (frame.Number("userSeq") is > 0 and var seq && frame.Type() is not ("hello" or "ok"))
            {
                userSeq = seq;
            }
            else if (frame.IsOk() && frame.TryGetProperty("rooms", out var resumed))
            {
                userSeq = Math.Max(userSeq, frame.Number("userSeq"));
                foreach (var room in resumed.EnumerateObject().Where(r => Observed.ContainsKey(Guid.Parse(r.Name))))
                {
                    Resumed(Observed[Guid.Parse(room.Name)], room.Value);
                }
            }
            else if (Observed.TryGetValue(frame.Id("roomId"), out var seen) && frame.IsOf(seen.Room))
            {
                seen.Saw(LogLine.From(frame));
            }
        }
    }

    private void Resumed(Observation observation, JsonElement answer)
    {
        if (answer.Code() == "not_found")
        {
            if (!IsToBeFenced)
            {
                History.Defects.Enqueue($"{Name}: {observation.Room} is gone: {answer}");
            }

            return;
        }

        if (!answer.GetProperty("complete").GetBoolean())
        {
            if (answer.Seq() - observation.Position <= MostReplayed)
            {
                History.Defects.Enqueue($"I6 resume: {Name} has {observation.Position} of {observation.Room} and was told to load it anew at {answer.Seq()}");
            }

            observation.ReloadedAt(answer.Seq());
        }

        observation.ToldDigest(answer.Seq(), answer.Word("digest"));
    }

    /// <summary>One connection.</summary>
    private sealed class Life(Dice dice)
    {
        public LiveSocket Socket { get; set; } = null!;

        /// <summary>What still comes is not looked at: another connection has taken its place.</summary>
        public bool IsOver { get; set; }

        public long? MovesAt { get; private set; }

        /// <summary>Spread, so that not all come at once.</summary>
        public void IsToMove(long withinMs) =>
            MovesAt = TimeProvider.System.GetTimestamp() + (dice.Next((int)(withinMs / 2) + 1) * TimeProvider.System.TimestampFrequency / 1000);
    }
}
