using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace ChatMonolith.Tests.Harness;

/// <summary>A process that a test starts, reads and ends. None outlives the test run.</summary>
public sealed partial class ChildProcess : IAsyncDisposable
{
    public const int Interrupt = 2;
    public const int Quit = 3;
    public const int Terminate = 15;
    public const int Continue = 18;
    public const int Stop = 19;

    private static readonly ConcurrentDictionary<int, Process> Running = new();
    private readonly ConcurrentQueue<string> lines = new();
    private readonly Process process;

    static ChildProcess() => AppDomain.CurrentDomain.ProcessExit += (_, _) =>
    {
        foreach (var left in Running.Values)
        {
            left.Kill(entireProcessTree: true);
        }
    };

    private ChildProcess(Process process) => this.process = process;

    public int Id => process.Id;

    /// <summary>The resident set of the process, in bytes (proc(5), <c>statm</c>).</summary>
    public long ResidentBytes() => long.Parse(File.ReadAllText($"/proc/{process.Id}/statm").Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture) * Environment.SystemPageSize;

    public bool HasExited => process.HasExited;

    public int ExitCode => process.ExitCode;

    /// <summary>What it has written so far, both streams.</summary>
    public string Output => string.Join('\n', lines);

    public static ChildProcess Start(string file, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null, string? workingDirectory = null)
    {
        var start = new ProcessStartInfo(file, arguments)
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            RedirectStandardInput = true,
            WorkingDirectory = workingDirectory ?? Path.GetTempPath(),
        };
        foreach (var (key, value) in environment ?? new Dictionary<string, string>())
        {
            start.Environment[key] = value;
        }

        var child = new ChildProcess(new Process { StartInfo = start });
        child.process.OutputDataReceived += child.Keep;
        child.process.ErrorDataReceived += child.Keep;
        child.process.Start();
        Running[child.Id] = child.process;
        child.process.BeginOutputReadLine();
        child.process.BeginErrorReadLine();
        return child;
    }

    /// <summary>Runs a program to its end and returns what it wrote; throws when it fails.</summary>
    public static async Task<string> Run(string file, params string[] arguments)
    {
        await using var child = Start(file, arguments);
        await child.Exited(TimeSpan.FromMinutes(2));
        return child.ExitCode == 0 ? child.Output : throw new InvalidOperationException($"{file} {string.Join(' ', arguments)} failed with {child.ExitCode}: {child.Output}");
    }

    public void Signal(int signal) => _ = Kill(process.Id, signal);

    /// <summary>Writes to its standard input and ends that.</summary>
    public async Task Type(string text)
    {
        await process.StandardInput.WriteAsync(text);
        process.StandardInput.Close();
    }

    /// <summary>SIGKILL: nothing in the process runs any more.</summary>
    public async Task Kill9()
    {
        process.Kill();
        await Exited();
    }

    public async Task<int> Exited(TimeSpan? limit = null)
    {
        using var deadline = new CancellationTokenSource(limit ?? TimeSpan.FromSeconds(30));
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException e)
        {
            throw new TimeoutException($"{process.StartInfo.FileName} is still running. It wrote:\n{Output}", e);
        }

        Running.TryRemove(process.Id, out _);
        return process.ExitCode;
    }

    public async ValueTask DisposeAsync()
    {
        if (!process.HasExited)
        {
            process.Kill(entireProcessTree: true);
            await Exited();
        }

        Running.TryRemove(process.Id, out _);
        process.Dispose();
    }

    private void Keep(object sender, DataReceivedEventArgs e)
    {
        if (e.Data is { } line)
        {
            lines.Enqueue(line);
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.System32)]
    private static partial int Kill(int pid, int signal);
}
