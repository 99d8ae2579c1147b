using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace ChatMonolith.Benchmark;

/// <summary>The server binary on a free port, on the core that SERVER_CORE names.</summary>
internal sealed class ServerProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(60);
    private readonly Process process;

    private ServerProcess(Process process, Uri address, TimeSpan ready)
    {
        this.process = process;
        Address = address;
        Ready = ready;
    }

    public Uri Address { get; }

    /// <summary>From the spawn of the process to the first 200 of <c>/health/ready</c>.</summary>
    public TimeSpan Ready { get; }

    public double PeakResidentMegabytes
    {
        get
        {
            process.Refresh();
            return process.PeakWorkingSet64 / 1024.0 / 1024.0;
        }
    }

    /// <summary>What of the collector's heap is resident. It lies in one range that is reserved whole, far larger than anything else.</summary>
    public double HeapMegabytes => MemoryMap.ResidentOfLargestRange(process.Id) / 1024.0;

    public double ResidentMegabytes
    {
        get
        {
            process.Refresh();
            return process.WorkingSet64 / 1024.0 / 1024.0;
        }
    }

    /// <summary>User and system time so far; unlike the wall clock it hardly knows what else the machine does.</summary>
    public TimeSpan Cpu
    {
        get
        {
            process.Refresh();
            return process.TotalProcessorTime;
        }
    }

    public static async Task<ServerProcess> Start(string binary, string data)
    {
        var address = new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{FreePort()}"));
        var core = Environment.GetEnvironmentVariable("SERVER_CORE") ?? "0";
        var start = new ProcessStartInfo("taskset", ["-c", core, "dotnet", binary, "--urls", address.ToString()])
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["Data__Directory"] = data;
        start.Environment["RateLimits__Enabled"] = "false";
        start.Environment["Logging__LogLevel__Default"] = "Warning";
        var started = Stopwatch.GetTimestamp();
        var spawned = Process.Start(start)!;
        spawned.OutputDataReceived += static (_, _) => { };
        spawned.ErrorDataReceived += static (_, e) => Complain(e.Data);
        spawned.BeginOutputReadLine();
        spawned.BeginErrorReadLine();
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = address };
        while (true)
        {
            try
            {
                using var answer = await http.GetAsync("/health/ready");
                if (answer.IsSuccessStatusCode)
                {
                    return new ServerProcess(spawned, address, Stopwatch.GetElapsedTime(started));
                }
            }
            catch (HttpRequestException) when (!spawned.HasExited && Stopwatch.GetElapsedTime(started) < StartLimit)
            {
                // Not listening yet.
            }

            await Task.Delay(2);
        }
    }

    /// <summary>Waits until the server does nothing to speak of, at most so long.</summary>
    public async Task Settle(TimeSpan limit)
    {
        for (var started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < limit;)
        {
            var before = Cpu;
            await Task.Delay(300);
            if (Cpu - before < TimeSpan.FromMilliseconds(20))
            {
                return;
            }
        }
    }

    /// <summary>As an operator stops it.</summary>
    public async Task Stop()
    {
        using var stop = Process.Start("kill", ["-TERM", process.Id.ToString(CultureInfo.InvariantCulture)]);
        await stop.WaitForExitAsync();
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        process.Kill();
        await process.WaitForExitAsync();
        process.Dispose();
    }

    private static void Complain(string? line)
    {
        if (line is not null)
        {
            Console.Error.WriteLine(line);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
