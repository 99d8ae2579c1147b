using System.Buffers;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace ChatMonolith.BuildingBlocks.Realtime.Transport;

/// <summary>
/// The web server's way to TCP, in place of its own: it differs in one thing, that an upgraded connection can be detached
/// (<see cref="IDetachableConnection"/>). Addresses other than IP, such as a Unix socket, stay with the web server's transport.
/// </summary>
internal sealed class SocketTransport(IMemoryPoolFactory<byte> pools, ILogger<SocketTransport> logger) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    /// <exception cref="AddressInUseException">Somebody else listens there.</exception>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket? socket = null;
        try
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.Listen();
            return ValueTask.FromResult<IConnectionListener>(new Listener(socket, pools.Create(), logger));
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw e.SocketErrorCode is SocketError.AddressAlreadyInUse ? new AddressInUseException(e.Message, e) : e;
        }
    }

    private sealed class Listener(Socket socket, MemoryPool<byte> pool, ILogger logger) : IConnectionListener
    {
        private const int WhenWaiting = 16;
        private const int MostYields = 50;
        private static readonly TimeSpan WhenExhausted = TimeSpan.FromMilliseconds(50);
        private static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(1);

        public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                Socket? accepted = null;
                try
                {
                    await LetOthersGoFirst(cancellationToken).ConfigureAwait(false);
                    accepted = await socket.AcceptAsync(cancellationToken).ConfigureAwait(false);
                    accepted.NoDelay = true;
                    return TcpConnection.Start(accepted, pool, logger);
                }
                catch (Exception e) when (accepted is null && e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
                {
                    return null;
                }
                catch (SocketException e)
                {
                    accepted?.Dispose();

                    // The peer was gone before it was accepted, or no file descriptor is left: then those who are here go first.
                    if (e.SocketErrorCode is SocketError.TooManyOpenSockets or SocketError.NoBufferSpaceAvailable)
                    {
                        await Task.Delay(WhenExhausted, cancellationToken).ConfigureAwait(false);
                    }
                }
            }
        }

        /// <summary>
        /// Thousands that connect at once wait in the kernel's queue rather than in the thread pool's, where everything that is already
        /// under way would stand behind them.
        /// </summary>
        private static async ValueTask LetOthersGoFirst(CancellationToken ct)
        {
            for (var yields = 0; yields < MostYields && ThreadPool.PendingWorkItemCount > WhenWaiting; yields++)
            {
                await Task.Delay(Moment, ct).ConfigureAwait(false);
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            socket.Dispose();
            return ValueTask.CompletedTask;
        }

        /// <summary>The pool outlives the listener: connections that are not finished still hold its blocks.</summary>
        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
