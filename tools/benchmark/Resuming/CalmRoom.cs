using ChatMonolith.Benchmark.Load;

namespace ChatMonolith.Benchmark.Resuming;

/// <summary>A room whose members stay connected and send steadily in turn; latency counts from when a message was due.</summary>
internal sealed class CalmRoom
{
    private readonly Sender[] members;
    private readonly long interval;
    private readonly LoadLoop loop;
    private long due;
    private int sent;

    public CalmRoom(LoadLoop loop, SeededRoom room, double messagesPerSecond)
    {
        this.loop = loop;
        members = [.. room.Members.Select(p => new Sender(loop, p, room.Id))];
        interval = (long)(System.Diagnostics.Stopwatch.Frequency / messagesPerSecond);
    }

    public IReadOnlyCollection<Client> Members => members;

    /// <summary>From now on deliveries count here.</summary>
    public Latencies Measure()
    {
        var figures = new Latencies();
        foreach (var member in members)
        {
            member.Deliveries = figures;
        }

        return figures;
    }

    /// <summary>Sends what is due and takes what has come.</summary>
    public void Turn()
    {
        due = due == 0 ? LoadLoop.Now : due;
        for (; due <= LoadLoop.Now; due += interval)
        {
            members[sent++ % members.Length].Send(due);
        }

        loop.Poll(0);
    }
}
