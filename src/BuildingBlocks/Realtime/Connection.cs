using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using ChatMonolith.BuildingBlocks.Http;

namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>
/// One open socket: one reader, one bounded outbox, and a turn to write that one holder has at a time. Whoever offers a frame hands it
/// to the kernel at once while nothing waits and the kernel takes it; else a pump, which runs only then, writes what waits. A frame leaves
/// the outbox and is handed to the wire under one lock, so that a removal, which takes the same lock, knows that nothing of its room is
/// on the way between the two.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "No wait handle is ever made; frames may be offered after the end.")]
public sealed class Connection
{
    private const int WriteChunk = 64 * 1024;
    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(5);
    private readonly Lock sync = new();
    private readonly Outbox outbox;
    private readonly Wire wire;
    private readonly CancellationTokenSource reading = new();
    private readonly TimeProvider time;
    private CancellationTokenSource? ended;
    private TaskCompletionSource? turnIsFree;
    private TaskCompletionSource? closed;
    private HashSet<Guid>? revoked;
    private OutFrame? closing;
    private bool isBusy;
    private bool isMarked;
    private bool isOver;
    private bool awaitsResume;
    private long openedAt;
    private long lastHeard;
    private long pingSentAt;

    internal Connection(Caller caller, Guid? onlyRoom, Wire wire, RealtimeOptions options, TimeProvider time)
    {
        Caller = caller;
        OnlyRoom = onlyRoom;
        this.wire = wire;
        this.time = time;
        outbox = new Outbox(options.OutboxBytes);
        lastHeard = openedAt = time.GetTimestamp();
    }

    public Guid Id { get; } = Guid.CreateVersion7();

    public Caller Caller { get; }

    /// <summary>Set for a socket that is narrowed to one room.</summary>
    public Guid? OnlyRoom { get; }

    /// <summary>Cancelled when the socket is over, for whatever reason.</summary>
    public CancellationToken Ended
    {
        get
        {
            lock (sync)
            {
                if (isOver)
                {
                    return new CancellationToken(canceled: true);
                }

                return (ended ??= new CancellationTokenSource()).Token;
            }
        }
    }

    /// <summary>Cancelled when nothing more is to be read: the socket is over, or the server stops and only answers what it has read.</summary>
    internal CancellationToken Reading => reading.Token;

    /// <summary>The server stops: nothing more is read, what was read is still answered.</summary>
    internal bool IsDraining { get; private set; }

    internal bool IsOver
    {
        get
        {
            lock (sync)
            {
                return isOver;
            }
        }
    }

    /// <summary>What the socket was closed with by the server; null while it is open.</summary>
    public CloseCode? ClosedWith { get; private set; }

    /// <summary>For the hub's loop alone: where this connection stands in each topic's list.</summary>
    internal Dictionary<Guid, int> Places { get; } = [];

    /// <summary>For the hub's loop alone: while the socket is being set up, the changes of membership that its set-up has to heed.</summary>
    internal Dictionary<Guid, bool>? PendingMemberships { get; set; }

    /// <summary>For the hub's loop alone: the hub still knows this connection.</summary>
    internal bool IsRegistered { get; set; }

    /// <summary>True until the one <c>resume</c> that the socket asked for has come.</summary>
    public bool AwaitsResume => awaitsResume;

    /// <summary>Takes the one resume that the socket has; false when there is none.</summary>
    public bool TakeResume() => Interlocked.Exchange(ref awaitsResume, false);

    public void ExpectResume() => awaitsResume = true;

    /// <summary>Offers a frame and hands it over; a socket that cannot take a durable one is closed with 4408.</summary>
    /// <param name="frame">The shared frame.</param>
    /// <param name="topic">Where it came from; empty for replies.</param>
    /// <param name="ephemeral">May be dropped under load.</param>
    public void Send(OutFrame frame, Guid topic = default, bool ephemeral = false)
    {
        if (Hub.OnLoop is { } floor)
        {
            floor.Deliver(this, frame, topic, ephemeral);
            return;
        }

        lock (sync)
        {
            Take(frame, topic, ephemeral);
            if (!isMarked)
            {
                HandOver();
            }
        }
    }

    /// <summary>Offers a frame that is handed over with the next <see cref="Flush"/>, together with others.</summary>
    /// <returns>True when the caller has to see to that flush.</returns>
    internal bool Offer(OutFrame frame, Guid topic, bool ephemeral)
    {
        lock (sync)
        {
            Take(frame, topic, ephemeral);
            if (isBusy || isMarked || closing is not null)
            {
                return false;
            }

            return isMarked = true;
        }
    }

    /// <summary>Hands over what waits.</summary>
    internal void Flush()
    {
        lock (sync)
        {
            isMarked = false;
            HandOver();
        }
    }

    /// <summary>Takes back what waits from a topic. When it returns, nothing of that topic is handed to the socket any more.</summary>
    /// <param name="topic">The topic.</param>
    /// <param name="stopReplay">Also ends a replay of it that is under way.</param>
    internal void Drop(Guid topic, bool stopReplay)
    {
        lock (sync)
        {
            outbox.Drop(topic);
            if (stopReplay)
            {
                (revoked ??= []).Add(topic);
            }
        }
    }

    /// <summary>Closes the socket. When it returns with <paramref name="dropWaiting"/>, only the close frame is still handed to it.</summary>
    public void Close(CloseCode code, bool dropWaiting)
    {
        lock (sync)
        {
            if (closing is null)
            {
                BeginClose(code, dropWaiting);
            }
            else if (dropWaiting)
            {
                outbox.Clear();
            }
        }
    }

    /// <summary>
    /// Writes frames that never enter the outbox, at the pace of the socket: a resume's replay. Other frames may be written between
    /// two calls.
    /// </summary>
    /// <returns>False when the right to the topic ended meanwhile, or the socket closes: the rest was not written.</returns>
    /// <exception cref="IOException">The peer is gone.</exception>
    public async Task<bool> WriteThrough(Guid topic, IReadOnlyList<OutFrame> frames)
    {
        var chunk = ArrayPool<byte>.Shared.Rent(WriteChunk);
        try
        {
            var next = 0;
            while (next < frames.Count)
            {
                if (!await TakeTurn().ConfigureAwait(false))
                {
                    return false;
                }

                try
                {
                    var filled = 0;
                    while (next < frames.Count && (filled == 0 || filled + frames[next].Bytes.Length <= chunk.Length))
                    {
                        var bytes = frames[next].Bytes;
                        if (bytes.Length > chunk.Length)
                        {
                            ArrayPool<byte>.Shared.Return(chunk);
                            chunk = ArrayPool<byte>.Shared.Rent(bytes.Length);
                        }

                        bytes.CopyTo(chunk.AsMemory(filled));
                        filled += bytes.Length;
                        next++;
                    }

                    ValueTask write;
                    lock (sync)
                    {
                        if (closing is not null || revoked?.Contains(topic) == true)
                        {
                            return false;
                        }

                        write = wire.Write(chunk.AsMemory(0, filled));
                    }

                    await write.ConfigureAwait(false);

                    // While a resume is replayed nobody reads the peer's pongs; that it takes what is written shows that it lives.
                    Heard();
                }
                finally
                {
                    ReturnTurn();
                }
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    /// <summary>Ends when the close frame has been handed to the kernel, or cannot be any more.</summary>
    internal Task Closed()
    {
        lock (sync)
        {
            return isOver ? Task.CompletedTask : (closed ??= NewSource()).Task;
        }
    }

    internal void BeginDrain()
    {
        IsDraining = true;
        reading.Cancel();
    }

    internal void Heard()
    {
        lastHeard = time.GetTimestamp();
        pingSentAt = 0;
    }

    /// <summary>Called each second or so: sends the ping that is due, or finds the peer dead or without its resume.</summary>
    internal void Beat(RealtimeOptions options)
    {
        if (awaitsResume && time.GetElapsedTime(openedAt) > TimeSpan.FromSeconds(options.ResumeWithinSeconds))
        {
            Close(CloseCode.Abuse, dropWaiting: true);
        }
        else if (pingSentAt != 0)
        {
            if (time.GetElapsedTime(pingSentAt) > TimeSpan.FromSeconds(options.HeartbeatTimeoutSeconds))
            {
                Close(CloseCode.NoHeartbeat, dropWaiting: true);
            }
        }
        else if (time.GetElapsedTime(lastHeard) >= TimeSpan.FromSeconds(options.HeartbeatSeconds))
        {
            pingSentAt = time.GetTimestamp();
            Send(OutFrame.Ping);
        }
    }

    /// <summary>The connection is over: nothing may be awaited on it any more.</summary>
    /// <param name="abort">Cuts the connection off; else it is hung up in order.</param>
    internal void End(bool abort)
    {
        CancellationTokenSource? waiting;
        lock (sync)
        {
            if (isOver)
            {
                return;
            }

            isOver = true;
            closing ??= OutFrame.Close(CloseCode.Normal);
            outbox.Clear();
            closed?.TrySetResult();
            turnIsFree?.TrySetResult();
            waiting = ended;
        }

        if (abort)
        {
            wire.CutOff();
        }
        else
        {
            wire.Hang();
        }

        reading.Cancel();
        waiting?.Cancel();
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Take(OutFrame frame, Guid topic, bool ephemeral)
    {
        if (closing is not null)
        {
            return;
        }

        var offered = outbox.Offer(frame, topic, ephemeral);
        if (offered is Offered.Overflow && !isBusy)
        {
            // What waits may only wait for its flush.
            HandOver();
            offered = outbox.Offer(frame, topic, ephemeral);
        }

        if (offered is Offered.Overflow)
        {
            BeginClose(CloseCode.OutboxOverflow, dropWaiting: true);
        }
    }

    /// <summary>Under the lock: what waits goes to the kernel as far as it takes it; the rest is the pump's.</summary>
    private void HandOver()
    {
        if (isBusy || closing is not null)
        {
            return;
        }

        while (!outbox.IsEmpty)
        {
            var bytes = outbox.Peek(Gathering.Current);
            var taken = wire.TryWrite(bytes.Span);
            outbox.Skip(taken);
            if (taken < bytes.Length)
            {
                StartPump();
                return;
            }
        }
    }

    private void StartPump()
    {
        isBusy = true;
        ThreadPool.UnsafeQueueUserWorkItem(static connection => _ = connection.Pump(), this, preferLocal: false);
    }

    /// <summary>Has the turn: writes what waits, until nothing does or the close frame is written.</summary>
    private async Task Pump()
    {
        var chunk = ArrayPool<byte>.Shared.Rent(WriteChunk);
        try
        {
            while (TryBeginWrite(chunk, out var write))
            {
                await write.ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The peer is gone; the reader finds out too, and ends the connection.
            End(abort: true);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    /// <returns>False when there is nothing more to write.</returns>
    private bool TryBeginWrite(byte[] chunk, out Task write)
    {
        write = Task.CompletedTask;
        lock (sync)
        {
            if (isOver || closed is { Task.IsCompleted: true })
            {
                return false;
            }

            if (!outbox.IsEmpty)
            {
                // Copied: on this thread others gather too while the write is under way.
                var bytes = outbox.Peek(Gathering.Current);
                var count = Math.Min(bytes.Length, chunk.Length);
                bytes[..count].CopyTo(chunk);
                outbox.Skip(count);
                write = wire.Write(chunk.AsMemory(0, count)).AsTask();
                return true;
            }

            if (closing is { } last)
            {
                write = WriteLast(last);
                return true;
            }

            ReturnTurn();
            return false;
        }
    }

    private async Task WriteLast(OutFrame last)
    {
        await wire.Write(last.Bytes).ConfigureAwait(false);
        lock (sync)
        {
            // The turn is kept: nothing is written after the close frame.
            (closed ??= NewSource()).TrySetResult();
        }
    }

    /// <returns>False when the connection closes: there are no more turns.</returns>
    private async ValueTask<bool> TakeTurn()
    {
        while (true)
        {
            Task free;
            lock (sync)
            {
                if (closing is not null)
                {
                    return false;
                }

                if (!isBusy)
                {
                    return isBusy = true;
                }

                free = (turnIsFree ??= NewSource()).Task;
            }

            await free.ConfigureAwait(false);
        }
    }

    private void ReturnTurn()
    {
        lock (sync)
        {
            isBusy = false;
            turnIsFree?.TrySetResult();
            turnIsFree = null;
            if (!isOver && (closing is not null || !outbox.IsEmpty))
            {
                StartPump();
            }
        }
    }

    private void BeginClose(CloseCode code, bool dropWaiting)
    {
        if (dropWaiting)
        {
            outbox.Clear();
        }

        ClosedWith = code;
        closing = OutFrame.Close(code);
        if (!isBusy)
        {
            StartPump();
        }

        // A peer that does not read cannot be told; it is cut off.
        _ = CutOffLater();
    }

    private async Task CutOffLater()
    {
        try
        {
            await Task.Delay(CloseWithin, time, Ended).ConfigureAwait(false);
            End(abort: true);
        }
        catch (OperationCanceledException)
        {
            // It ended in time.
        }
    }
}
