namespace ChatMonolith.BuildingBlocks.Nodes;

/// <summary>
/// The database's clock, as far as it is known, in place of this machine's: of several nodes one may be an hour off, and messages, expiries
/// and sessions must not depend on which of them somebody talks to. Durations are this machine's, by the clock that no one sets.
/// </summary>
public sealed class NodeClock : TimeProvider
{
    /// <summary>Less than that is the way to the database and back, and not worth a clock that jumps.</summary>
    private const long Tolerated = 500;
    private long offset;

    public override DateTimeOffset GetUtcNow() => System.GetUtcNow().AddMilliseconds(Volatile.Read(ref offset));

    /// <summary>The database has told its time.</summary>
    /// <param name="itsNow">UTC milliseconds.</param>
    /// <param name="halfWay">How long ago that was, about.</param>
    public void Adjust(long itsNow, TimeSpan halfWay)
    {
        var difference = itsNow + (long)halfWay.TotalMilliseconds - GetUtcNow().ToUnixTimeMilliseconds();
        if (Math.Abs(difference) > Tolerated)
        {
            Interlocked.Add(ref offset, difference);
        }
    }
}
