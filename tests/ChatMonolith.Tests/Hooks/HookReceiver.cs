using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Hooks;

/// <summary>What a hook's receiver was sent.</summary>
internal sealed record Delivery(string Path, string Body, string Timestamp, string Signature, string Id)
{
    /// <summary>What happened in the room; a command has none.</summary>
    public IEnumerable<JsonElement> Items => JsonSerializer.Deserialize<JsonElement>(Body).TryGetProperty("items", out var items) ? items.EnumerateArray() : [];

    public bool IsSignedWith(string secret) =>
        Signature == "v1=" + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.ASCII.GetBytes(secret), Encoding.UTF8.GetBytes($"{Timestamp}.{Body}")));
}

/// <summary>A real HTTP listener on loopback that answers as a test says.</summary>
internal sealed class HookReceiver : IAsyncDisposable
{
    private readonly HttpListener listener = new();
    private readonly Task serving;

    public HookReceiver()
    {
        Address = new Uri($"http://127.0.0.1:{FreePorts.Next()}/");
        listener.Prefixes.Add(Address.ToString());
        listener.Start();
        serving = Serve();
    }

    public Uri Address { get; }

    /// <summary>What it answers next, instead of 204.</summary>
    public ConcurrentQueue<int> Answers { get; } = new();

    /// <summary>What it says to a delivery, beside its status; null: nothing.</summary>
    public Func<Delivery, string?>? Says { get; set; }

    /// <summary>So long it thinks before it says it.</summary>
    public Task Thinks { get; set; } = Task.CompletedTask;

    public ConcurrentQueue<Delivery> Taken { get; } = new();

    public ConcurrentQueue<Delivery> Refused { get; } = new();

    public IEnumerable<JsonElement> Entries => Taken.SelectMany(d => d.Items);

    public Task Gets(string text) =>
        Deadline.Until(() => Entries.Any(e => e.Type() == "message.created" && e.GetProperty("message").Text() == text), $"the hook to be told \"{text}\"", TimeSpan.FromSeconds(30));

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
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            using var reader = new StreamReader(context.Request.InputStream, Encoding.UTF8);
            var headers = context.Request.Headers;
            var delivery = new Delivery(context.Request.Url!.AbsolutePath, await reader.ReadToEndAsync(), headers["X-Chat-Timestamp"] ?? "", headers["X-Chat-Signature"] ?? "", headers["X-Chat-Delivery"] ?? "");
            context.Response.StatusCode = Answers.TryDequeue(out var status) ? status : 204;
            if (context.Response.StatusCode is >= 300 and < 400)
            {
                context.Response.RedirectLocation = Address + "redirected";
            }

            (context.Response.StatusCode < 300 ? Taken : Refused).Enqueue(delivery);
            try
            {
                await Thinks;
                if (Says?.Invoke(delivery) is { } words)
                {
                    context.Response.StatusCode = context.Response.StatusCode == 204 ? 200 : context.Response.StatusCode;
                    context.Response.ContentType = "application/json";
                    await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(words));
                }

                context.Response.Close();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or IOException)
            {
                // The server did not wait for it.
            }
        }
    }
}
