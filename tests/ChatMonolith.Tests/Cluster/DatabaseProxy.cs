using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ChatMonolith.Tests.Harness;

namespace ChatMonolith.Tests.Cluster;

/// <summary>
/// One node's way to PostgreSQL, which a test can cut, stall, or let lose notifications. The node's connections must be in clear
/// (<see cref="ServerCluster"/> sees to it): what PostgreSQL says is read on its way.
/// </summary>
public sealed class DatabaseProxy : IAsyncDisposable
{
    private readonly TcpListener listener;
    private readonly int target;
    private readonly Dice dice;
    private readonly Lock sync = new();
    private readonly ConcurrentDictionary<Pair, byte> pairs = new();
    private readonly CancellationTokenSource over = new();
    private readonly Task accepting;
    private TaskCompletionSource passable = Opened();
    private bool isCut;
    private bool isMute;
    private int dropped;
    private int lostInHundred;

    private DatabaseProxy(int port, int target, Dice dice)
    {
        (Port, this.target, this.dice) = (port, target, dice);
        listener = new TcpListener(IPAddress.Loopback, port);
        listener.Start();
        accepting = Accept();
    }

    public int Port { get; }

    /// <summary>How many notifications of a hundred get lost.</summary>
    public int LostInHundred
    {
        get => Volatile.Read(ref lostInHundred);
        set => Volatile.Write(ref lostInHundred, value);
    }

    /// <summary>While set, a connection that is about to notify others passes nothing on any more: the node acts, and cannot say so.</summary>
    public bool IsMute
    {
        get => Volatile.Read(ref isMute);
        set => Volatile.Write(ref isMute, value);
    }

    /// <summary>How many have been lost.</summary>
    public int Dropped => Volatile.Read(ref dropped);

    /// <summary>Connections that are open at this moment.</summary>
    public int Open => pairs.Count;

    public static DatabaseProxy Start(int target, Dice dice) => new(FreePorts.Next(), target, dice);

    /// <summary>All connections are reset, and new ones too.</summary>
    public void Cut()
    {
        lock (sync)
        {
            isCut = true;
        }

        foreach (var pair in pairs.Keys)
        {
            pair.Reset();
        }

        lock (sync)
        {
            passable.TrySetResult();
        }
    }

    /// <summary>Nothing passes in either direction, and nobody is told: what is sent meanwhile comes when it is healed.</summary>
    public void Stall()
    {
        lock (sync)
        {
            passable = passable.Task.IsCompleted ? new(TaskCreationOptions.RunContinuationsAsynchronously) : passable;
        }
    }

    public void Heal()
    {
        lock (sync)
        {
            isCut = false;
            passable.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await over.CancelAsync();
        listener.Stop();
        Cut();
        await accepting;
        over.Dispose();
    }

    private static TaskCompletionSource Opened()
    {
        var opened = new TaskCompletionSource();
        opened.SetResult();
        return opened;
    }

    private async Task Accept()
    {
        while (!over.IsCancellationRequested)
        {
            try
            {
                var client = await listener.AcceptSocketAsync(over.Token);
                client.NoDelay = true;
                _ = Serve(new Pair(client));
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Stopped, or gone before it was taken.
            }
        }
    }

    private async Task Serve(Pair pair)
    {
        pairs[pair] = 0;
        try
        {
            if (IsCut())
            {
                pair.Reset();
                return;
            }

            await Passable();
            await pair.Server.ConnectAsync(IPAddress.Loopback, target, over.Token);
            var filter = new NotificationFilter(Drops);
            var there = Pump(pair.Client, pair.Server, (bytes, kept) =>
            {
                if (IsMute && bytes.IndexOf("pg_notify"u8) >= 0)
                {
                    throw new OperationCanceledException("What it has to say is heard by nobody.");
                }

                kept.Write(bytes);
            });
            var back = Pump(pair.Server, pair.Client, filter.Pass);
            await await Task.WhenAny(there, back);
            pair.End();
            await Task.WhenAll(there, back);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            pair.Reset();
        }
        finally
        {
            pairs.TryRemove(pair, out _);
        }
    }

    private async Task Pump(Socket from, Socket to, PassOn passOn)
    {
        var buffer = new byte[32 * 1024];
        using var kept = new MemoryStream();
        while (await from.ReceiveAsync(buffer.AsMemory(), over.Token) is > 0 and var count)
        {
            passOn(buffer.AsSpan(0, count), kept);
            await Passable();
            await to.SendAsync(kept.GetBuffer().AsMemory(0, (int)kept.Length), over.Token);
            kept.SetLength(0);
        }

        await Passable();
    }

    private Task Passable()
    {
        lock (sync)
        {
            return passable.Task.WaitAsync(over.Token);
        }
    }

    private bool IsCut()
    {
        lock (sync)
        {
            return isCut;
        }
    }

    private bool Drops()
    {
        lock (sync)
        {
            if (dice.Next(100) >= LostInHundred)
            {
                return false;
            }
        }

        Interlocked.Increment(ref dropped);
        return true;
    }

    private delegate void PassOn(ReadOnlySpan<byte> bytes, Stream kept);

    private sealed class Pair(Socket client)
    {
        public Socket Client => client;

        public Socket Server { get; } = new(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };

        /// <summary>In order: what is on its way still comes.</summary>
        public void End()
        {
            foreach (var socket in new[] { client, Server })
            {
                try
                {
                    socket.Shutdown(SocketShutdown.Send);
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    // Gone already.
                }

                socket.Dispose();
            }
        }

        public void Reset()
        {
            foreach (var socket in new[] { client, Server })
            {
                try
                {
                    socket.LingerState = new LingerOption(enable: true, seconds: 0);
                }
                catch (Exception e) when (e is SocketException or ObjectDisposedException)
                {
                    // Gone already.
                }

                socket.Dispose();
            }
        }
    }
}
