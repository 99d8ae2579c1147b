using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using ChatMonolith.BuildingBlocks.Realtime.Transport;
using ChatMonolith.Tests.Harness;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging.Abstractions;

namespace ChatMonolith.Tests.Realtime;

/// <summary>The transport's own connection, between a real socket and the web server's pipes.</summary>
public class TcpConnectionTests
{
    [Fact]
    public async Task A_peer_that_takes_nothing_cannot_hold_a_detaching_connection_for_ever()
    {
        var (connection, peer) = await Connect();
        using (peer)
        {
            // More than the kernel takes, and less than the pipe holds back, so that the web server is not the one who waits.
            var chunk = new byte[16 * 1024];
            while ((await connection.Transport.Output.WriteAsync(chunk).AsTask().WaitAsync(TimeSpan.FromSeconds(1)).ContinueWith(t => t.Status)) == TaskStatus.RanToCompletion)
            {
                // Until it does not fit.
            }

            await Should.ThrowAsync<IOException>(() => connection.Detach(Stream.Null).Within("the detaching to be given up", TimeSpan.FromSeconds(20)));
            await connection.DisposeAsync().AsTask().Within("the connection to end");
        }
    }

    [Fact]
    public async Task What_was_written_before_goes_out_first_and_what_came_ahead_is_handed_over()
    {
        var (connection, peer) = await Connect();
        using (peer)
        {
            await peer.SendAsync("ahead"u8.ToArray());
            var request = await connection.Transport.Input.ReadAsync();
            connection.Transport.Input.AdvanceTo(request.Buffer.Start);
            await connection.Transport.Output.WriteAsync("before"u8.ToArray());
            var (socket, received) = await connection.Detach(connection.Transport.Input.AsStream()).Within("the detaching");
            using (socket)
            {
                received.ShouldBe("ahead"u8.ToArray());
                await connection.DisposeAsync();
                connection.Abort(new ConnectionAbortedException("too late"));
                (await socket.SendAsync("after"u8.ToArray())).ShouldBe(5);
                var buffer = new byte[11];
                await using var stream = new NetworkStream(peer);
                await stream.ReadExactlyAsync(buffer).AsTask().Within("both in their order");
                buffer.ShouldBe("beforeafter"u8.ToArray());
            }
        }
    }

    [Fact]
    public async Task An_abort_resets_the_peer_and_tells_the_handlers_of_the_end()
    {
        var (connection, peer) = await Connect();
        using (peer)
        {
            var closed = new TaskCompletionSource();
            connection.ConnectionClosed.Register(closed.SetResult);
            connection.Abort(new ConnectionAbortedException("enough"));
            await closed.Task.Within("the end to be told");
            (await Should.ThrowAsync<SocketException>(() => peer.ReceiveAsync(new byte[1]).Within("the reset"))).SocketErrorCode.ShouldBe(SocketError.ConnectionReset);
            await connection.DisposeAsync();
        }
    }

    [Fact]
    public async Task The_end_of_the_peers_stream_is_the_end_of_the_input()
    {
        var (connection, peer) = await Connect();
        using (peer)
        {
            peer.Shutdown(SocketShutdown.Send);
            var read = await connection.Transport.Input.ReadAsync().AsTask().Within("the end");
            read.IsCompleted.ShouldBeTrue();
            await connection.DisposeAsync();
            (await peer.ReceiveAsync(new byte[1]).Within("our end")).ShouldBe(0);
        }
    }

    private static async Task<(TcpConnection Connection, Socket Peer)> Connect()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var peer = new Socket(SocketType.Stream, ProtocolType.Tcp);
        var accepting = listener.AcceptSocketAsync();
        await peer.ConnectAsync(listener.LocalEndpoint);
        return (TcpConnection.Start(await accepting, MemoryPool<byte>.Shared, NullLogger.Instance), peer);
    }
}
