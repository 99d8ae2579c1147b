namespace ChatMonolith.Tests.Harness;

/// <summary><c>CHAT_DEEP=1</c> (<c>tools/test --deep</c>) takes the counts of the deep tier.</summary>
public static class Depth
{
    public static bool IsDeep { get; } = Environment.GetEnvironmentVariable("CHAT_DEEP") == "1";
}
