using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using ChatMonolith.BuildingBlocks.Http;

namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>
/// One open socket: one reader, one writer, one bounded outbox. Anyone may offer a frame; the writer alone touches the stream. A
/// frame is taken from the outbox and handed to the stream under one lock, so that a removal, which takes the same lock, knows that
/// nothing of its room is on the way between the two.
/// </summary>
[SuppressMessage("Design", "CA1001:Types that own disposable fields should be disposable", Justification = "No wait handle is ever made; frames may be offered after the end.")]
public sealed class Connection
{
    private const int WriteChunk = 64 * 1024;
    private static readonly TimeSpan CloseWithin = TimeSpan.FromSeconds(5);
    private readonly Lock sync = new();
    private readonly Outbox outbox;
    private readonly Stream stream;
    private readonly Action cutOff;
    private readonly WriterSleep sleep = new();
    private readonly SemaphoreSlim streamTurn = new(1, 1);
    private readonly CancellationTokenSource ended = new();
    private readonly CancellationTokenSource draining = new();
    private readonly TimeProvider time;
    private readonly HashSet<Guid> revoked = [];
    private OutFrame? closing;
    private bool writerSleeps;
    private bool awaitsResume;
    private long lastHeard;
    private long pingSentAt;

    internal Connection(Caller caller, Guid? onlyRoom, Stream stream, Action cutOff, RealtimeOptions options, TimeProvider time)
    {
        Caller = caller;
        OnlyRoom = onlyRoom;
        this.stream = stream;
        this.cutOff = cutOff;
        this.time = time;
        outbox = new Outbox(options.OutboxBytes);
        lastHeard = time.GetTimestamp();
    }

    public Guid Id { get; } = Guid.CreateVersion7();

    public Caller Caller { get; }

    /// <summary>Set for a socket that is narrowed to one room.</summary>
    public Guid? OnlyRoom { get; }

    /// <summary>Cancelled when the socket is over, for whatever reason.</summary>
    public CancellationToken Ended => ended.Token;

    /// <summary>Cancelled when the server stops: nothing more is read, what was read is still answered.</summary>
    internal CancellationToken Draining => draining.Token;

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

    /// <summary>Offers a frame; a socket that cannot take a durable one is closed with 4408.</summary>
    /// <param name="frame">The shared frame.</param>
    /// <param name="topic">Where it came from; empty for replies.</param>
    /// <param name="ephemeral">May be dropped under load.</param>
    public void Send(OutFrame frame, Guid topic = default, bool ephemeral = false)
    {
        lock (sync)
        {
            if (closing is not null)
            {
                return;
            }

            if (outbox.Offer(frame, topic, ephemeral) is Offered.Overflow)
            {
                BeginClose(CloseCode.OutboxOverflow, dropWaiting: true);
            }

            WakeWriter();
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
                revoked.Add(topic);
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
                WakeWriter();
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
    public async Task<bool> WriteThrough(Guid topic, IReadOnlyList<OutFrame> frames, CancellationToken ct)
    {
        var chunk = ArrayPool<byte>.Shared.Rent(WriteChunk);
        try
        {
            var next = 0;
            while (next < frames.Count)
            {
                await streamTurn.WaitAsync(ct).ConfigureAwait(false);
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
                        if (closing is not null || revoked.Contains(topic))
                        {
                            return false;
                        }

                        write = stream.WriteAsync(chunk.AsMemory(0, filled), ct);
                    }

                    await write.ConfigureAwait(false);

                    // While a resume is replayed nobody reads the peer's pongs; that it takes what is written shows that it lives.
                    Heard();
                }
                finally
                {
                    streamTurn.Release();
                }
            }

            return true;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }

    /// <summary>The writer: takes all that waits and writes it in one go, until the close frame has been written.</summary>
    internal async Task RunWriter()
    {
        try
        {
            while (await WriteWaiting().ConfigureAwait(false))
            {
                await sleep.Wait().ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // The peer is gone; the reader ends the connection.
        }
    }

    internal void BeginDrain() => draining.Cancel();

    internal void Heard()
    {
        lastHeard = time.GetTimestamp();
        pingSentAt = 0;
    }

    /// <summary>Called each second or so: sends the ping that is due, or finds the peer dead.</summary>
    internal void Beat(RealtimeOptions options)
    {
        if (pingSentAt != 0)
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
    /// <param name="abort">Cuts the connection off; else it is closed in order by whoever serves it.</param>
    internal void End(bool abort)
    {
        lock (sync)
        {
            closing ??= OutFrame.Close(CloseCode.Normal);
            outbox.Clear();
        }

        ended.Cancel();
        lock (sync)
        {
            // It finds the connection ended, and goes.
            WakeWriter();
        }

        if (abort)
        {
            cutOff();
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

        // A peer that does not read cannot be told; it is cut off.
        _ = AbortLater();
    }

    private async Task AbortLater()
    {
        try
        {
            await Task.Delay(CloseWithin, time, ended.Token).ConfigureAwait(false);
            End(abort: true);
        }
        catch (OperationCanceledException)
        {
            // It ended in time.
        }
    }

    private void WakeWriter()
    {
        if (writerSleeps)
        {
            writerSleeps = false;
            sleep.End();
        }
    }

    /// <summary>One frame as it is; several gathered, so that they are one write.</summary>
    private ReadOnlyMemory<byte> TakeWaiting(ref byte[]? chunk)
    {
        if (outbox.Count > 1)
        {
            chunk ??= ArrayPool<byte>.Shared.Rent(WriteChunk);
            var taken = outbox.Take(chunk);
            if (taken > 0)
            {
                return chunk.AsMemory(0, taken);
            }
        }

        return outbox.TakeOne().Bytes;
    }

    /// <returns>False once the close frame is written.</returns>
    private async ValueTask<bool> WriteWaiting()
    {
        byte[]? chunk = null;
        try
        {
            while (true)
            {
                await streamTurn.WaitAsync(ended.Token).ConfigureAwait(false);
                try
                {
                    ValueTask write;
                    var last = false;
                    lock (sync)
                    {
                        if (outbox.IsEmpty && closing is null)
                        {
                            writerSleeps = true;
                            sleep.Begin();
                            return true;
                        }

                        if (!outbox.IsEmpty)
                        {
                            write = stream.WriteAsync(TakeWaiting(ref chunk), ended.Token);
                        }
                        else
                        {
                            write = stream.WriteAsync(closing!.Value.Bytes, ended.Token);
                            last = true;
                        }
                    }

                    await write.ConfigureAwait(false);
                    if (last)
                    {
                        return false;
                    }
                }
                finally
                {
                    streamTurn.Release();
                }
            }
        }
        finally
        {
            if (chunk is not null)
            {
                ArrayPool<byte>.Shared.Return(chunk);
            }
        }
    }
}
