namespace ChatMonolith.Tests.Harness;

/// <summary>
/// A folder of its own, gone with the test. It lies in memory where there is plenty of it: a test's server writes everything through to
/// its medium, as it must, and a disk would have most of the tests wait for nothing else. A process that is killed leaves the same there
/// as on a disk; what a disk alone can tell (a full one, one that lies) has tests with a medium of their own.
/// </summary>
public sealed class TemporaryFolder : IDisposable
{
    private const string Memory = "/dev/shm";
    private const long Plenty = 4L << 30;

    // Without a folder there, or in a container that has but a little of it, the system's temporary one does.
    private static readonly string Place = !Depth.IsDeep && Directory.Exists(Memory) && new DriveInfo(Memory).AvailableFreeSpace >= Plenty && IsPlentyFree() ? Memory : Path.GetTempPath();

    public string Root { get; } = Directory.CreateDirectory(Path.Combine(Place, $"chat-test-{Guid.CreateVersion7():N}"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute).FullName;

    public string this[string name] => Path.Combine(Root, name);

    public void Dispose()
    {
        try
        {
            Directory.Delete(Root, recursive: true);
        }
        catch (IOException)
        {
            // Left to the system's own cleaning.
        }
    }

    private static bool IsPlentyFree()
    {
        var line = File.ReadLines("/proc/meminfo").FirstOrDefault(l => l.StartsWith("MemAvailable:", StringComparison.Ordinal));
        return line is not null && long.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1], System.Globalization.CultureInfo.InvariantCulture) * 1024 >= Plenty;
    }
}
