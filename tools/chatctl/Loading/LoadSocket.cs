using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net.WebSockets;
using System.Text.Json;

namespace ChatMonolith.Chatctl.Loading;

/// <summary>One client's socket. It sends, matches replies by their <c>ref</c>, and follows each room's log entry by entry.</summary>
internal sealed class LoadSocket(LoadFigures figures, string textPadding, IReadOnlyDictionary<Guid, LoadRoom> rooms) : IDisposable
{
    /// <summary>Where the text of a test's message holds the instant at which it was due.</summary>
    private const string Stamp = "t=";

    private readonly ClientWebSocket socket = new();
    private readonly SemaphoreSlim turn = new(1);
    private readonly CancellationTokenSource gone = new();
    private readonly ConcurrentDictionary<string, Waiting> waiting = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource hello = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Dictionary<Guid, long> lastSeq = [];
    private readonly string prefix = Guid.CreateVersion7().ToString("N");
    private Task reading = Task.CompletedTask;
    private int sent;

    public int Owed => waiting.Count;

    public bool IsOpen => !gone.IsCancellationRequested;

    /// <summary>The last entry of a room that came over this socket.</summary>
    public long LastSeq(LoadRoom room)
    {
        lock (lastSeq)
        {
            return lastSeq.GetValueOrDefault(room.Id, room.StartSeq);
        }
    }

    public async Task Open(Uri address, string? bearer, CancellationToken ct)
    {
        if (bearer is not null)
        {
            socket.Options.SetRequestHeader("Authorization", "Bearer " + bearer);
        }

        socket.Options.AddSubProtocol("chat.v1");
        socket.Options.Proxy = null;
        try
        {
            await socket.ConnectAsync(address, ct);
        }
        catch (WebSocketException e)
        {
            throw new RefusedException("A socket does not open: " + e.Message);
        }

        reading = Read();
        await hello.Task.WaitAsync(TimeSpan.FromSeconds(30), ct);
    }

    /// <returns>Whether the message was acknowledged.</returns>
    public async Task<bool> Send(LoadRoom room, long due, CancellationToken ct)
    {
        var number = Interlocked.Increment(ref sent);
        var reference = number.ToString(CultureInfo.InvariantCulture);
        var clientId = $"{prefix}-{reference}";
        var text = $"{Stamp}{due:x16} {textPadding}";
        var reply = new Waiting(room, clientId, due);
        waiting[reference] = reply;
        figures.CountSent();
        try
        {
            await Write(JsonSerializer.SerializeToUtf8Bytes(new SendFrame("message.send", reference, room.Id, clientId, text), JsonSerializerOptions.Web), ct);
            return await reply.Outcome.Task.WaitAsync(gone.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or ObjectDisposedException)
        {
            return false;
        }
    }

    public async Task Close()
    {
        try
        {
            using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, limit.Token);
            await reading.WaitAsync(limit.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or WebSocketException or InvalidOperationException or ObjectDisposedException)
        {
            // It was gone already, or is cut off below.
        }
    }

    public void Dispose()
    {
        socket.Dispose();
        turn.Dispose();
        gone.Dispose();
    }

    private async Task Write(byte[] frame, CancellationToken ct)
    {
        // One frame at a time; one that has begun is written to its end, or the socket would be broken.
        await turn.WaitAsync(ct);
        try
        {
            await socket.SendAsync(frame, WebSocketMessageType.Text, endOfMessage: true, gone.Token);
        }
        finally
        {
            turn.Release();
        }
    }

    private async Task Read()
    {
        var message = new ArrayBufferWriter<byte>(4096);
        try
        {
            while (true)
            {
                var part = await socket.ReceiveAsync(message.GetMemory(4096), CancellationToken.None);
                if (part.MessageType is WebSocketMessageType.Close)
                {
                    break;
                }

                message.Advance(part.Count);
                if (part.EndOfMessage)
                {
                    Take(message.WrittenMemory);
                    message.ResetWrittenCount();
                }
            }
        }
        catch (Exception e) when (e is WebSocketException or ObjectDisposedException or OperationCanceledException)
        {
            // Broken; what was owed stays owed.
        }

        hello.TrySetException(new RefusedException($"A socket closed before its hello ({(int?)socket.CloseStatus} {socket.CloseStatusDescription})."));
        await gone.CancelAsync();
    }

    private void Take(ReadOnlyMemory<byte> bytes)
    {
        var arrived = Stopwatch.GetTimestamp();
        using var document = JsonDocument.Parse(bytes);
        var frame = document.RootElement;
        switch (frame.GetProperty("type"u8).GetString())
        {
            case "hello":
                hello.TrySetResult();
                break;
            case "ok" or "error":
                TakeReply(frame, arrived);
                break;
            case var type when frame.TryGetProperty("roomId"u8, out var room) && frame.TryGetProperty("seq"u8, out var seq) && room.TryGetGuid(out var id) && rooms.TryGetValue(id, out var known):
                TakeEntry(known, seq.GetInt64(), type == "message.created" ? frame.GetProperty("message"u8) : default, arrived);
                break;
        }
    }

    private void TakeReply(JsonElement frame, long arrived)
    {
        if (!frame.TryGetProperty("ref"u8, out var reference) || !waiting.TryRemove(reference.GetString()!, out var reply))
        {
            figures.CountUnexpected();
            return;
        }

        var isOk = frame.GetProperty("type"u8).ValueEquals("ok"u8);
        if (isOk)
        {
            reply.Room.Acknowledge(frame.GetProperty("seq"u8).GetInt64(), reply.ClientId);
            figures.Acks.Add(Stopwatch.GetElapsedTime(reply.Due, arrived));
        }
        else
        {
            figures.CountRefused(frame.GetProperty("code"u8).GetString()!);
        }

        reply.Outcome.TrySetResult(isOk);
    }

    private void TakeEntry(LoadRoom room, long seq, JsonElement message, long arrived)
    {
        lock (lastSeq)
        {
            var last = lastSeq.GetValueOrDefault(room.Id, room.StartSeq);
            if (seq <= last)
            {
                figures.CountOutOfOrder();
                return;
            }

            figures.CountLost(seq - last - 1);
            lastSeq[room.Id] = seq;
        }

        if (message.ValueKind is JsonValueKind.Object && DueOf(message.GetProperty("text"u8).GetString()!) is { } due)
        {
            figures.Deliveries.Add(Stopwatch.GetElapsedTime(due, arrived));
        }
    }

    private static long? DueOf(string text) =>
        text.StartsWith(Stamp, StringComparison.Ordinal) && text.Length >= Stamp.Length + 16
        && long.TryParse(text.AsSpan(Stamp.Length, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var due)
            ? due
            : null;

    private sealed record SendFrame(string Type, string Ref, Guid RoomId, string ClientId, string Text);

    private sealed record Waiting(LoadRoom Room, string ClientId, long Due)
    {
        public TaskCompletionSource<bool> Outcome { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
