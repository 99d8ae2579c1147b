namespace ChatMonolith.Tests.Cluster;

/// <summary>What makes a process see another time of day than the machine has; clocks that no one sets stay as they are.</summary>
internal static class Clock
{
    private static readonly string Library = Directory.Exists("/usr/lib")
        ? Directory.EnumerateFiles("/usr/lib", "libfaketime.so.1", new EnumerationOptions { RecurseSubdirectories = true, MaxRecursionDepth = 3 }).FirstOrDefault() ?? ""
        : "";

    public static (string Key, string Value)[] HourAhead => Library.Length > 0
        ? [("LD_PRELOAD", Library), ("FAKETIME", "+1h"), ("FAKETIME_DONT_FAKE_MONOTONIC", "1"), ("DONT_FAKE_MONOTONIC", "1"), ("FAKETIME_DONT_RESET", "1")]
        : throw new InvalidOperationException("libfaketime is not installed. Debian: apt-get install libfaketime; tools/test does it.");

    public static (string Key, string Value)[] Right => [("LD_PRELOAD", ""), ("FAKETIME", "")];
}
