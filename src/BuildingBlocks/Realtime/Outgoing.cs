using System.Buffers;
using ChatMonolith.BuildingBlocks.Nodes;

namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>
/// What goes out on one socket: a bounded outbox, and a turn to write that one holder has at a time. Whoever offers a frame hands it
/// to the kernel at once while nothing waits and the kernel takes it; else a pump, which runs only then, writes what waits. A frame leaves
/// the outbox and is handed to the wire under one lock, so that a removal, which takes the same lock, knows that nothing of its room is
/// on the way between the two.
/// </summary>
/// <param name="wire">The bytes below.</param>
/// <param name="capacity">Bytes that may wait.</param>
/// <param name="whenClosing">Called once, under the lock, when the close frame is due.</param>
/// <param name="whenBroken">Called when the peer turns out to be gone, or this node may not hand out anything any more.</param>
/// <param name="nodes">Where there are several; else null.</param>
internal sealed partial class Outgoing(Wire wire, int capacity, Action whenClosing, Action whenBroken, INodes? nodes = null)
{
    private const int WriteChunk = 64 * 1024;
    private readonly Lock sync = new();
    private readonly Outbox outbox = new(capacity);
    private TaskCompletionSource? turnIsFree;
    private TaskCompletionSource? closed;
    private HashSet<Guid>? revoked;
    private OutFrame? closing;
    private bool isBusy;
    private bool isMarked;
    private bool isOver;

    /// <summary>What the socket was closed with by the server; null while it is open.</summary>
    public CloseCode? ClosedWith { get; private set; }

    /// <summary>A process that was held up may go on after the others have taken it for dead: what waits here may be void.</summary>
    private bool IsShutOut => nodes is { HoldsLease: false };

    public void Send(OutFrame frame, Guid topic, bool ephemeral)
    {
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
    public bool Offer(OutFrame frame, Guid topic, bool ephemeral)
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

    /// <summary>
    /// Offers frames that many get: where nothing waits before them they go to the kernel as they stand in <paramref name="together"/>, and
    /// only what it does not take waits here.
    /// </summary>
    /// <returns>True when the caller has to see to a flush.</returns>
    public bool Offer(IReadOnlyList<OutFrame> frames, ReadOnlySpan<byte> together, Guid topic)
    {
        lock (sync)
        {
            if (isBusy || isMarked || closing is not null || !outbox.IsEmpty || !wire.WritesAtOnce || IsShutOut)
            {
                foreach (var frame in frames)
                {
                    Take(frame, topic, ephemeral: false);
                }

                if (isBusy || isMarked || closing is not null)
                {
                    return false;
                }

                return isMarked = true;
            }

            var taken = wire.TryWrite(together);
            if (taken < together.Length)
            {
                foreach (var frame in frames)
                {
                    outbox.Offer(frame, topic, ephemeral: false, beyond: true);
                }

                outbox.Skip(taken);
                StartPump();
            }

            return false;
        }
    }

    /// <summary>Hands over what waits.</summary>
    public void Flush()
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
    public void Drop(Guid topic, bool stopReplay)
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

    /// <summary>Begins to close; when it has begun already, it only drops what waits if that is asked for.</summary>
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

    /// <summary>Ends when the close frame has been handed to the kernel, or cannot be any more.</summary>
    public Task Closed()
    {
        lock (sync)
        {
            return isOver ? Task.CompletedTask : (closed ??= NewSource()).Task;
        }
    }

    /// <summary>Nothing is written any more; who waits goes on.</summary>
    public void Stop()
    {
        lock (sync)
        {
            isOver = true;
            closing ??= OutFrame.Close(CloseCode.Normal);
            outbox.Clear();
            closed?.TrySetResult();
            turnIsFree?.TrySetResult();
        }
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private void Take(OutFrame frame, Guid topic, bool ephemeral)
    {
        if (closing is not null)
        {
            return;
        }

        // What is marked waits for its flush, not for the peer: however much one turn of the loop has, no fast reader is too slow for it.
        var offered = outbox.Offer(frame, topic, ephemeral, beyond: isMarked);
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

        if (IsShutOut)
        {
            isBusy = true;
            ThreadPool.UnsafeQueueUserWorkItem(static broken => broken(), whenBroken, preferLocal: false);
        }
        else if (!WriteAtOnce())
        {
            StartPump();
        }
    }

    /// <summary>Under the lock.</summary>
    /// <returns>False when something is left that the kernel does not take now.</returns>
    private bool WriteAtOnce()
    {
        while (!outbox.IsEmpty)
        {
            var bytes = outbox.Peek(Gathering.Current);
            var taken = wire.TryWrite(bytes.Span);
            outbox.Skip(taken);
            if (taken < bytes.Length)
            {
                return false;
            }
        }

        return true;
    }

    private void StartPump()
    {
        isBusy = true;
        ThreadPool.UnsafeQueueUserWorkItem(static outgoing => _ = outgoing.Pump(), this, preferLocal: false);
    }

    /// <summary>Has the turn: writes what waits, until nothing does or the close frame is written.</summary>
    private async Task Pump()
    {
        // Only what goes through the web server's stream is gathered for a write that is waited with.
        var chunk = wire.WritesAtOnce ? [] : ArrayPool<byte>.Shared.Rent(WriteChunk);
        try
        {
            while (TryBeginWrite(chunk, out var write))
            {
                await write.ConfigureAwait(false);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            whenBroken();
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

            if (IsShutOut)
            {
                throw new IOException("This node may hand out nothing any more.");
            }

            if (!outbox.IsEmpty && !(wire.WritesAtOnce && WriteAtOnce()))
            {
                write = WriteWaiting(chunk);
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

    /// <summary>
    /// Of what the kernel does not take now, one frame alone is waited with: the others can still be taken back. What the web server's
    /// stream takes is out of our hands at once, so there it may be many.
    /// </summary>
    private Task WriteWaiting(byte[] chunk)
    {
        if (wire.WritesAtOnce)
        {
            var rest = outbox.PeekFirst();
            outbox.Skip(rest.Length);
            return wire.Write(rest).AsTask();
        }

        // Copied: on this thread others gather too while the write is under way.
        var bytes = outbox.Peek(Gathering.Current);
        var count = Math.Min(bytes.Length, chunk.Length);
        bytes[..count].CopyTo(chunk);
        outbox.Skip(count);
        return wire.Write(chunk.AsMemory(0, count)).AsTask();
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
        turnIsFree?.TrySetResult();
        turnIsFree = null;
        if (!isBusy)
        {
            StartPump();
        }

        whenClosing();
    }
}
