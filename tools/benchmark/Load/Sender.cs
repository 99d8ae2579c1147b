namespace ChatMonolith.Benchmark.Load;

/// <summary>A member of one room that sends there, and takes note of how long the room's messages were on their way.</summary>
internal sealed class Sender(LoadLoop loop, SeededPerson person, Guid room) : Client(person)
{
    private int sent;

    /// <summary>Messages that were acknowledged.</summary>
    public int Acknowledged { get; private set; }

    public int Refused { get; private set; }

    /// <summary>Where the latency of each delivery goes.</summary>
    public Latencies? Deliveries { get; set; }

    /// <summary>Called at each acknowledgement.</summary>
    public Action<Sender>? OnAcknowledged { get; set; }

    public void Send(long due) => loop.Send(this, Frames.Message(room, due, Id, ++sent));

    public override void Take(ReadOnlySpan<byte> frame)
    {
        if (Frames.IsMessage(frame))
        {
            if (Deliveries is { } figures && Frames.TryStamp(frame, out var due, out _))
            {
                figures.Add(LoadLoop.SecondsSince(due) * 1000);
            }
        }
        else if (Frames.IsType(frame, "ok"u8))
        {
            Acknowledged++;
            OnAcknowledged?.Invoke(this);
        }
        else if (Frames.IsType(frame, "error"u8))
        {
            Refused++;
        }
    }

    public override void Lost(string why) => throw new InvalidOperationException($"A sender's socket was lost: {why}");
}
