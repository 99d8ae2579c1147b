using System.Collections.Concurrent;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;
using Shouldly;

namespace ChatMonolith.Tests.Harness;

/// <summary>
/// A client of the real-time contract on the platform's own WebSocket. Keeps every frame in the order of its arrival; replies are
/// matched by their <c>ref</c>.
/// </summary>
public sealed class LiveSocket : IAsyncDisposable
{
    private readonly ClientWebSocket socket = new();
    private readonly SemaphoreSlim sending = new(1);
    private readonly List<JsonElement> frames = [];
    private readonly ConcurrentDictionary<string, TaskCompletionSource<JsonElement>> replies = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource<int> closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource stop = new();
    private readonly Action<JsonElement>? onFrame;
    private readonly bool keep;
    private TaskCompletionSource arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task reading = Task.CompletedTask;
    private int lastRef;

    private LiveSocket(Action<JsonElement>? onFrame, bool keep)
    {
        this.onFrame = onFrame;
        this.keep = keep;
    }

    /// <summary>The server's first frame.</summary>
    public JsonElement Hello { get; private set; }

    /// <summary>The close code; 1006 when the connection broke without one (RFC 6455, 7.1.5).</summary>
    public Task<int> Closed => closed.Task;

    /// <summary>Replies to nothing that was asked, or asked no more.</summary>
    public ConcurrentQueue<JsonElement> Unexpected { get; } = new();

    /// <summary>All frames so far, replies and <c>hello</c> too.</summary>
    public IReadOnlyList<JsonElement> Frames
    {
        get
        {
            lock (frames)
            {
                return [.. frames];
            }
        }
    }

    /// <param name="server">The server's address.</param>
    /// <param name="credentials">Who opens it.</param>
    /// <param name="resume">Whether the socket waits for a <c>resume</c>.</param>
    /// <param name="onlyRoom">Narrows the socket to a room.</param>
    /// <param name="onFrame">Called for each frame in order, on the reader.</param>
    /// <param name="keep">False for a client under load, which takes what it needs in <paramref name="onFrame"/>.</param>
    public static async Task<LiveSocket> Connect(
        Uri server, SocketCredentials credentials, bool resume = false, Guid? onlyRoom = null, Action<JsonElement>? onFrame = null, bool keep = true)
    {
        var live = new LiveSocket(onFrame, keep);
        live.socket.Options.AddSubProtocol("chat.v1");
        live.socket.Options.CollectHttpResponseDetails = true;
        foreach (var (name, value) in credentials.Headers)
        {
            live.socket.Options.SetRequestHeader(name, value);
        }

        var address = new Uri("ws" + server.ToString().TrimEnd('/')[4..] + credentials.PathAndQuery(resume, onlyRoom));
        using var deadline = new CancellationTokenSource(Deadline.Usual);
        await live.socket.ConnectAsync(address, deadline.Token);
        live.reading = live.Read();
        live.Hello = await live.WaitFor(f => f.Type() == "hello", "hello");
        live.Frames[0].Type().ShouldBe("hello", "hello is the first frame");
        return live;
    }

    /// <summary>Sends a command and waits for its one reply, whatever it is.</summary>
    public async Task<JsonElement> Ask(string type, object? fields = null, TimeSpan? limit = null)
    {
        var reference = Interlocked.Increment(ref lastRef).ToString(CultureInfo.InvariantCulture);
        var reply = replies.GetOrAdd(reference, _ => new(TaskCreationOptions.RunContinuationsAsynchronously));
        var command = fields is null ? [] : JsonSerializer.SerializeToElement(fields, JsonSerializerOptions.Web).EnumerateObject().ToDictionary(p => p.Name, p => (object)p.Value);
        command["type"] = type;
        command["ref"] = reference;
        await SendText(JsonSerializer.Serialize(command));
        return await reply.Task.Within($"the reply to {type}", limit);
    }

    /// <summary>Sends a command that must succeed.</summary>
    public async Task<JsonElement> Do(string type, object? fields = null)
    {
        var reply = await Ask(type, fields);
        reply.Type().ShouldBe("ok", $"{type} answered {reply}");
        return reply;
    }

    /// <summary>Sends a command that must fail with this code.</summary>
    public async Task<JsonElement> Refused(string type, object? fields, string code)
    {
        var reply = await Ask(type, fields);
        (reply.Type(), reply.Code()).ShouldBe(("error", code), $"{type} answered {reply}");
        return reply;
    }

    /// <summary>Sends a text frame as it is.</summary>
    public async Task SendText(string text)
    {
        await sending.WaitAsync();
        try
        {
            await socket.SendAsync(System.Text.Encoding.UTF8.GetBytes(text), WebSocketMessageType.Text, endOfMessage: true, stop.Token);
        }
        finally
        {
            sending.Release();
        }
    }

    public Task<JsonElement> Resume(long userSeq, IReadOnlyDictionary<Guid, long> rooms, string? epoch = null) =>
        Do("resume", new { epoch = epoch ?? Hello.Word("epoch"), userSeq, rooms });

    /// <summary>The first frame, from the beginning, that satisfies the condition.</summary>
    /// <param name="condition">On the frame.</param>
    /// <param name="what">Said when the deadline passes.</param>
    /// <param name="limit">The deadline.</param>
    /// <param name="from">Skips the frames before this position in <see cref="Frames"/>.</param>
    public async Task<JsonElement> WaitFor(Func<JsonElement, bool> condition, string what, TimeSpan? limit = null, int from = 0)
    {
        var started = TimeProvider.System.GetTimestamp();
        var deadline = limit ?? Deadline.Usual;
        var next = from;
        while (true)
        {
            Task more;
            lock (frames)
            {
                for (; next < frames.Count; next++)
                {
                    if (condition(frames[next]))
                    {
                        return frames[next];
                    }
                }

                more = arrived.Task;
            }

            var left = deadline - TimeProvider.System.GetElapsedTime(started);
            var first = left > TimeSpan.Zero ? await Task.WhenAny(more, closed.Task, Task.Delay(left)) : closed.Task;
            if (first != more && !more.IsCompleted)
            {
                throw closed.Task.IsCompleted
                    ? new SocketGoneException(await closed.Task, $"waiting for {what}. Frames so far: {Describe()}")
                    : new TimeoutException($"Waited {deadline} for {what}. Frames so far: {Describe()}");
            }
        }
    }

    /// <summary>Everything that the server handed to this socket before now has arrived.</summary>
    public Task Settle() => Do("ping");

    /// <summary>Drops the connection without a close frame, as a network does.</summary>
    public void Drop() => socket.Abort();

    public async Task Close(WebSocketCloseStatus status = WebSocketCloseStatus.NormalClosure)
    {
        using var deadline = new CancellationTokenSource(Deadline.Usual);
        await socket.CloseOutputAsync(status, null, deadline.Token);
        await Closed.Within("the server to answer the close");
    }

    public async ValueTask DisposeAsync()
    {
        socket.Abort();
        await stop.CancelAsync();
        await reading;
        socket.Dispose();
        sending.Dispose();
        stop.Dispose();
    }

    private async Task Read()
    {
        var code = 1006;
        var buffer = new byte[64 * 1024];
        using var message = new MemoryStream();
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(buffer.AsMemory(), stop.Token);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    code = (int?)socket.CloseStatus ?? 1005;
                    break;
                }

                message.Write(buffer, 0, part.Count);
                if (part.EndOfMessage)
                {
                    Keep(JsonSerializer.Deserialize<JsonElement>(message.GetBuffer().AsSpan(0, (int)message.Length)));
                    message.SetLength(0);
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Broken, or dropped by the test.
        }

        closed.TrySetResult(code);
        foreach (var waiting in replies.Values)
        {
            waiting.TrySetException(new SocketGoneException(code, "a reply was owed"));
        }
    }

    private void Keep(JsonElement frame)
    {
        TaskCompletionSource signal;
        lock (frames)
        {
            if (keep || frames.Count == 0)
            {
                frames.Add(frame);
            }

            signal = arrived;
            arrived = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        onFrame?.Invoke(frame);
        signal.SetResult();
        if (frame.Type() is "ok" or "error" && !(replies.TryRemove(frame.Word("ref"), out var reply) && reply.TrySetResult(frame)) && frame.Word("ref").Length > 0)
        {
            // A second reply to the same command is a defect of the server, and must not pass unseen.
            Unexpected.Enqueue(frame);
        }
    }

    private string Describe() => string.Join('\n', Frames.TakeLast(20).Select(f => f.ToString()));
}

/// <summary>The socket closed first: what happened to a command without a reply is not known.</summary>
public sealed class SocketGoneException(int closeCode, string what) : Exception($"The socket closed with {closeCode}; {what}")
{
    public int CloseCode => closeCode;
}
