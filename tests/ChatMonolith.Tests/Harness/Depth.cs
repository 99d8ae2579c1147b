namespace ChatMonolith.Tests.Harness;

/// <summary><c>CHAT_DEEP=1</c> (<c>tools/test --deep</c>) takes the counts of the deep tier.</summary>
public static class Depth
{
    public static bool IsDeep { get; } = Environment.GetEnvironmentVariable("CHAT_DEEP") == "1";

    /// <summary>
    /// A promise in seconds: as it is in the deep tier, which has the machine for itself; four times as much beside all other tests, where
    /// seconds are those of whoever gets a processor.
    /// </summary>
    public static TimeSpan Seconds(double promised) => TimeSpan.FromSeconds(IsDeep ? promised : promised * 4);
}
