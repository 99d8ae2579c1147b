namespace ChatMonolith.Tests.Harness;

/// <summary>The wall clock, ahead of the system's by as much as a test says. Timers and the monotonic clock stay the system's, as when somebody sets a machine's clock.</summary>
public sealed class MovedClock : TimeProvider
{
    private long ahead;

    public override DateTimeOffset GetUtcNow() => base.GetUtcNow().AddTicks(Interlocked.Read(ref ahead));

    public void Move(TimeSpan by) => Interlocked.Add(ref ahead, by.Ticks);
}
