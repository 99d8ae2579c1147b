using System.Globalization;
using System.Text;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Cluster;

/// <summary>
/// The real HAProxy before the nodes, without sticky sessions. A node that does not say that it is ready for three seconds gets nobody
/// new, and whom it has is sent elsewhere; in that time those of a node that stops move of their own accord.
/// </summary>
public sealed class HaProxy : IAsyncDisposable
{
    private const string Program = "/usr/sbin/haproxy";
    private readonly TemporaryFolder folder = new();
    private readonly int port = FreePorts.Next();
    private ChildProcess? process;

    private HaProxy()
    {
    }

    public Uri Address => new(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{port}"));

    public static async Task<HaProxy> Start(IEnumerable<int> nodes)
    {
        if (!File.Exists(Program))
        {
            throw new InvalidOperationException("HAProxy is not installed. Debian: apt-get install haproxy; tools/test does it.");
        }

        var proxy = new HaProxy();
        await File.WriteAllTextAsync(proxy.folder["haproxy.cfg"], proxy.Configuration(nodes));
        await proxy.Restart();
        return proxy;
    }

    /// <summary>All connections through it break; a new one takes its place.</summary>
    public async Task Restart()
    {
        if (process is not null)
        {
            await process.Kill9();
            await process.DisposeAsync();
        }

        process = ChildProcess.Start(Program, ["-db", "-f", folder["haproxy.cfg"]]);
        using var http = new HttpCaller(Address);
        await Deadline.Until(() => Answers(http, process), "HAProxy to find a node");
    }

    public async ValueTask DisposeAsync()
    {
        await (process?.DisposeAsync() ?? ValueTask.CompletedTask);
        folder.Dispose();
    }

    private static async Task<bool> Answers(HttpCaller http, ChildProcess process)
    {
        if (process.HasExited)
        {
            throw new InvalidOperationException("HAProxy did not start: " + process.Output);
        }

        try
        {
            return (await http.Get("/health/ready")).Status == 200;
        }
        catch (HttpRequestException)
        {
            return false;
        }
    }

    private string Configuration(IEnumerable<int> nodes)
    {
        var text = new StringBuilder(string.Create(CultureInfo.InvariantCulture, $"""
            global
              maxconn 4000
            defaults
              mode http
              option redispatch
              retries 2
              timeout connect 2s
              timeout client 60s
              timeout server 60s
              timeout tunnel 1h
              timeout check 1s
            frontend all
              bind 127.0.0.1:{port}
              default_backend nodes
            backend nodes
              balance leastconn
              option httpchk GET /health/ready
              http-check expect status 200
              default-server check inter 1s fall 3 rise 1 on-marked-down shutdown-sessions

            """));
        foreach (var (node, i) in nodes.Select((n, i) => (n, i)))
        {
            text.Append(CultureInfo.InvariantCulture, $"  server node{i} 127.0.0.1:{node}\n");
        }

        return text.ToString();
    }
}
