using System.Collections.Concurrent;
using System.Net;
using System.Text;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Telemetry;

/// <summary>A real HTTP listener that takes OTLP (protobuf over HTTP) and reads from it what tests ask: names and attributes.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly Task serving;

    public OtlpReceiver()
    {
        Address = new Uri($"http://127.0.0.1:{FreePorts.Next()}/");
        listener.Prefixes.Add(Address.ToString());
        listener.Start();
        serving = Serve();
    }

    public Uri Address { get; }

    /// <summary>Metric names that came.</summary>
    public ConcurrentDictionary<string, bool> Metrics { get; } = new(StringComparer.Ordinal);

    /// <summary>Span names that came.</summary>
    public ConcurrentDictionary<string, bool> Spans { get; } = new(StringComparer.Ordinal);

    /// <summary>Everything that came, as the bytes stand there: text in protobuf is plain UTF-8.</summary>
    public ConcurrentQueue<string> Raw { get; } = new();

    public string? LastHeader { get; private set; }

    public async ValueTask DisposeAsync()
    {
        listener.Close();
        await serving;
    }

    private async Task Serve()
    {
        while (true)
        {
            HttpListenerContext context;
            try
            {
                context = await listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                return;
            }

            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            Take(context.Request.Url!.AbsolutePath, body.ToArray());
            LastHeader = context.Request.Headers["X-Tenant"];
            context.Response.ContentType = "application/x-protobuf";
            context.Response.Close();
        }
    }

    // opentelemetry-proto: Export…Request.resource_… (1) holds scope_… (2), which holds metrics (2, name 1) or spans (2, name 5).
    private void Take(string path, byte[] body)
    {
        Raw.Enqueue(Encoding.UTF8.GetString(body));
        var (seen, nameField) = path.EndsWith("metrics", StringComparison.Ordinal) ? (Metrics, 1) : (Spans, 5);
        foreach (var item in Children(body, 1).SelectMany(r => Children(r, 2)).SelectMany(s => Children(s, 2)))
        {
            seen[Encoding.UTF8.GetString(Children(item, nameField).Single())] = true;
        }
    }

    /// <summary>The length-delimited fields of one number (protobuf encoding: key, length, bytes).</summary>
    private static IEnumerable<byte[]> Children(byte[] message, int field)
    {
        var at = 0;
        while (at < message.Length)
        {
            var key = Varint(message, ref at);
            switch (key & 7)
            {
                case 0:
                    Varint(message, ref at);
                    break;
                case 1:
                    at += 8;
                    break;
                case 2:
                    var length = (int)Varint(message, ref at);
                    if ((int)(key >> 3) == field)
                    {
                        yield return message[at..(at + length)];
                    }

                    at += length;
                    break;
                case 5:
                    at += 4;
                    break;
                default:
                    throw new InvalidDataException($"No wire type {key & 7}.");
            }
        }
    }

    private static ulong Varint(byte[] message, ref int at)
    {
        var value = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = message[at++];
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }
}
