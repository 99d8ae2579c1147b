using System.Buffers;
using System.IO.Pipelines;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.BuildingBlocks.Realtime.Transport;

/// <summary>
/// One accepted TCP connection between the kernel and the web server's pipes. An idle one holds no buffer. Until it is detached it
/// behaves as the web server's own does: the end of the peer's stream aborts the request, an abort resets the connection.
/// </summary>
internal sealed class TcpConnection : DefaultConnectionContext, IMemoryPoolFeature, IConnectionSocketFeature, IDetachableConnection
{
    private const int SmallestRead = 2048;
    private const long MaxUnread = 1024 * 1024;
    private const long MaxUnsent = 64 * 1024;
    private static readonly TimeSpan DetachWithin = TimeSpan.FromSeconds(5);
    private readonly ILogger logger;
    private readonly Pipe input;
    private readonly Pipe output;
    private readonly CancellationTokenSource detaching = new();
    private readonly CancellationTokenSource closed = new();
    private readonly TaskCompletionSource closedSeen = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock sync = new();
    private List<ArraySegment<byte>>? segments;
    private Task receiving = Task.CompletedTask;
    private Task sending = Task.CompletedTask;
    private Exception? reason;
    private volatile bool isDetaching;
    private bool isGiven;
    private volatile bool isShut;

    private TcpConnection(Socket socket, MemoryPool<byte> pool, ILogger logger)
    {
        this.logger = logger;
        Socket = socket;
        MemoryPool = pool;
        LocalEndPoint = socket.LocalEndPoint;
        RemoteEndPoint = socket.RemoteEndPoint;
        ConnectionId = Guid.CreateVersion7().ToString("N");
        ConnectionClosed = closed.Token;

        // The web server's code runs on the pool; ours, which only moves bytes, wherever it is called.
        input = new Pipe(new PipeOptions(pool, PipeScheduler.ThreadPool, PipeScheduler.Inline, MaxUnread, MaxUnread / 2, useSynchronizationContext: false));
        output = new Pipe(new PipeOptions(pool, PipeScheduler.Inline, PipeScheduler.ThreadPool, MaxUnsent, MaxUnsent / 2, useSynchronizationContext: false));
        Transport = new Duplex(input.Reader, output.Writer);
        Features.Set<IMemoryPoolFeature>(this);
        Features.Set<IConnectionSocketFeature>(this);
        Features.Set<IDetachableConnection>(this);
    }

    public Socket Socket { get; }

    public MemoryPool<byte> MemoryPool { get; }

    public static TcpConnection Start(Socket socket, MemoryPool<byte> pool, ILogger logger)
    {
        var connection = new TcpConnection(socket, pool, logger);
        connection.receiving = connection.Receive();
        connection.sending = connection.Send();
        return connection;
    }

    public async Task<(Socket Socket, byte[] Received)> Detach(Stream upgraded)
    {
        try
        {
            // A cancelled read still sees all that was flushed before it. A peer that takes nothing is not waited for.
            isDetaching = true;
            output.Reader.CancelPendingRead();
            await sending.WaitAsync(DetachWithin).ConfigureAwait(false);
            await detaching.CancelAsync().ConfigureAwait(false);
            input.Writer.CancelPendingFlush();
            await receiving.WaitAsync(DetachWithin).ConfigureAwait(false);
            using var received = new MemoryStream();
            await upgraded.CopyToAsync(received).ConfigureAwait(false);
            lock (sync)
            {
                if (reason is not null)
                {
                    throw new IOException("The connection ended during its upgrade.", reason);
                }

                Socket.Blocking = false;
                isGiven = true;
                return (Socket, received.ToArray());
            }
        }
        catch (Exception e)
        {
            ShutDown(new ConnectionAbortedException("The connection could not be upgraded.", e));
            await sending.ConfigureAwait(false);
            await receiving.ConfigureAwait(false);
            throw e as IOException ?? new IOException(e.Message, e);
        }
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        ShutDown(abortReason);
        output.Reader.CancelPendingRead();
    }

    /// <summary>The web server is done with the connection.</summary>
    public override async ValueTask DisposeAsync()
    {
        await Transport.Input.CompleteAsync().ConfigureAwait(false);
        await Transport.Output.CompleteAsync().ConfigureAwait(false);
        await sending.ConfigureAwait(false);
        await receiving.ConfigureAwait(false);
        detaching.Dispose();
        closed.Dispose();
        await base.DisposeAsync().ConfigureAwait(false);
    }

    private async Task Receive()
    {
        Exception? error = null;
        try
        {
            while (true)
            {
                await Socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None, detaching.Token).ConfigureAwait(false);
                var read = await Socket.ReceiveAsync(input.Writer.GetMemory(SmallestRead), SocketFlags.None, detaching.Token).ConfigureAwait(false);
                if (read == 0)
                {
                    break;
                }

                input.Writer.Advance(read);
                var flushed = await input.Writer.FlushAsync(CancellationToken.None).ConfigureAwait(false);
                if (isDetaching)
                {
                    await input.Writer.CompleteAsync().ConfigureAwait(false);
                    return;
                }

                if (flushed.IsCompleted || flushed.IsCanceled)
                {
                    break;
                }
            }
        }
        catch (OperationCanceledException) when (isDetaching)
        {
            // Nothing was taken from the kernel; the new owner reads on.
            await input.Writer.CompleteAsync().ConfigureAwait(false);
            return;
        }
        catch (Exception e)
        {
            error = e is SocketException { SocketErrorCode: SocketError.ConnectionReset } ? new ConnectionResetException(e.Message, e) : new ConnectionAbortedException(e.Message, e);
        }

        reason ??= error ?? new ConnectionAbortedException("The peer closed the connection.");
        await input.Writer.CompleteAsync(reason is ConnectionAbortedException && error is null ? null : reason).ConfigureAwait(false);
        if (!isDetaching)
        {
            // Handlers of the end run on the pool, and the pipes are not taken away under them.
            ThreadPool.UnsafeQueueUserWorkItem(static c => c.FireClosed(), this, preferLocal: false);
            await closedSeen.Task.ConfigureAwait(false);
        }
    }

    private void FireClosed()
    {
        try
        {
            closed.Cancel();
        }
        catch (Exception e)
        {
            logger.LogError(e, "A handler of a connection's end failed unexpectedly");
        }
        finally
        {
            closedSeen.SetResult();
        }
    }

    private async Task Send()
    {
        Exception? error = null;
        try
        {
            while (true)
            {
                var result = await output.Reader.ReadAsync(CancellationToken.None).ConfigureAwait(false);
                if (result.IsCanceled && (!isDetaching || isShut))
                {
                    break;
                }

                await Send(result.Buffer).ConfigureAwait(false);
                output.Reader.AdvanceTo(result.Buffer.End);
                if (isDetaching && result.IsCanceled)
                {
                    await output.Reader.CompleteAsync().ConfigureAwait(false);
                    return;
                }

                if (result.IsCompleted)
                {
                    break;
                }
            }
        }
        catch (Exception e)
        {
            error = new ConnectionAbortedException(e.Message, e);
        }

        ShutDown(error);
        await output.Reader.CompleteAsync(error).ConfigureAwait(false);
        input.Writer.CancelPendingFlush();
    }

    private async ValueTask Send(ReadOnlySequence<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return;
        }

        if (buffer.IsSingleSegment)
        {
            await Socket.SendAsync(buffer.First, SocketFlags.None).ConfigureAwait(false);
            return;
        }

        segments ??= [];
        foreach (var segment in buffer)
        {
            segments.Add(System.Runtime.InteropServices.MemoryMarshal.TryGetArray(segment, out var array) ? array : new ArraySegment<byte>(segment.ToArray()));
        }

        await Socket.SendAsync(segments, SocketFlags.None).ConfigureAwait(false);
        segments.Clear();
    }

    /// <summary>In order without a reason; with one the peer is told by a reset.</summary>
    private void ShutDown(Exception? because)
    {
        lock (sync)
        {
            if (isShut || isGiven)
            {
                return;
            }

            isShut = true;
            reason ??= because ?? new ConnectionAbortedException("The server closed the connection.");
            if (because is null)
            {
                try
                {
                    Socket.Shutdown(SocketShutdown.Both);
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    // The peer was faster.
                }

                Socket.Dispose();
            }
            else
            {
                Socket.Close(timeout: 0);
            }
        }
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
