using System.Buffers.Binary;
using System.Diagnostics;
using System.Text;

namespace ChatMonolith.Benchmark.Load;

/// <summary>
/// Many WebSocket clients on the calling thread: connects, reads whole frames, answers pings. Not for any other thread. Frames are masked
/// with zeros, which RFC 6455 allows and which costs nothing.
/// </summary>
internal sealed unsafe class LoadLoop(Uri server) : IDisposable
{
    private const int MostEvents = 512;
    private const int ReceiveBytes = 256 * 1024;
    private readonly int epoll = Libc.Epoll();
    private readonly byte[] events = GC.AllocateArray<byte>(MostEvents * 16, pinned: true);
    private readonly byte[] received = GC.AllocateUninitializedArray<byte>(ReceiveBytes, pinned: true);
    private readonly byte[] outgoing = GC.AllocateUninitializedArray<byte>(64 * 1024, pinned: true);
    private readonly List<Client> clients = [];

    /// <summary>Connects that are under way, up to the hello.</summary>
    public int Underway { get; private set; }

    public static long Now => Stopwatch.GetTimestamp();

    public static double SecondsSince(long timestamp) => Stopwatch.GetElapsedTime(timestamp).TotalSeconds;

    public void Connect(Client client)
    {
        if (client.Id < 0)
        {
            client.Id = clients.Count;
            clients.Add(client);
        }

        client.Socket = Libc.Socket();
        client.State = ClientState.Connecting;
        client.IsGreeted = false;
        client.PartLength = client.WaitingLength = client.WaitingFrom = 0;
        client.ConnectedAt = Now;
        Underway++;
        var error = Libc.ConnectLoopback(client.Socket, server.Port);
        if (error is not (0 or Libc.InProgress))
        {
            Lose(client, $"connect: error {error}");
            return;
        }

        Libc.Watch(epoll, Libc.Add, client.Socket, Libc.Readable | Libc.Writable, client.Id);
    }

    /// <summary>Connects all, so many at a time, until each has its hello.</summary>
    /// <exception cref="InvalidOperationException">One did not get in, or not in time.</exception>
    public void ConnectAll(IReadOnlyCollection<Client> wanted, int atATime, TimeSpan limit)
    {
        var started = Now;
        var next = 0;
        var all = wanted.ToArray();
        while (next < all.Length || Underway > 0)
        {
            while (next < all.Length && Underway < atATime)
            {
                Connect(all[next++]);
            }

            Poll(5);
            if (Stopwatch.GetElapsedTime(started) > limit)
            {
                throw new InvalidOperationException($"Only {all.Count(c => c.IsGreeted)} of {all.Length} sockets opened in {limit}.");
            }
        }

        if (all.FirstOrDefault(c => !c.IsGreeted) is { } outside)
        {
            throw new InvalidOperationException($"{all.Count(c => !c.IsGreeted)} of {all.Length} sockets did not open, the first that of {outside.Person.Username}.");
        }
    }

    /// <summary>Ends the connection by a reset, as a network does that goes away.</summary>
    public void Reset(Client client)
    {
        if (client.State is not ClientState.Closed)
        {
            Underway -= client.IsGreeted ? 0 : 1;
            client.State = ClientState.Closed;
            _ = Libc.close(client.Socket);
        }
    }

    /// <summary>Takes what has come, at most so many sockets' worth.</summary>
    /// <returns>How many.</returns>
    public int Poll(int milliseconds, int most = MostEvents)
    {
        int count;
        fixed (byte* first = events)
        {
            count = Libc.epoll_wait(epoll, first, most, milliseconds);
            for (var i = 0; i < count; i++)
            {
                var (what, id) = Libc.EventAt(first, i);
                Serve(clients[id], what);
            }
        }

        return Math.Max(0, count);
    }

    public void PollFor(double seconds)
    {
        for (var started = Now; SecondsSince(started) < seconds;)
        {
            Poll(1);
        }
    }

    public void Send(Client client, ReadOnlySpan<byte> text) => SendFrame(client, text, 0x81);

    public void Dispose()
    {
        clients.ForEach(Reset);
        _ = Libc.close(epoll);
    }

    private void Serve(Client client, uint what)
    {
        if (client.State is ClientState.Connecting && (what & (Libc.Writable | Libc.Broken)) != 0)
        {
            if (Libc.ErrorOf(client.Socket) is not 0 and var error)
            {
                Lose(client, $"connect: error {error}");
                return;
            }

            client.State = ClientState.Upgrading;
            Libc.Watch(epoll, Libc.Change, client.Socket, Libc.Readable, client.Id);
            var request = Encoding.ASCII.GetBytes(
                $"GET {client.Path} HTTP/1.1\r\nHost: {server.Authority}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\nAuthorization: Bearer {client.Person.AccessToken}\r\n\r\n");
            Write(client, request);
            return;
        }

        if ((what & Libc.Writable) != 0 && client.WaitingLength > 0)
        {
            Flush(client);
        }

        if ((what & (Libc.Readable | Libc.Broken)) != 0 && client.State is ClientState.Upgrading or ClientState.Open)
        {
            Read(client);
        }
    }

    private void Read(Client client)
    {
        var have = client.PartLength;
        client.Part.AsSpan(0, have).CopyTo(received);
        int count;
        fixed (byte* at = received)
        {
            count = Libc.Receive(client.Socket, at + have, ReceiveBytes - have);
        }

        if (count <= 0)
        {
            if (count == 0 || Libc.LastError != Libc.Again)
            {
                Lose(client, count == 0 ? "closed by the server" : $"receive: error {Libc.LastError}");
            }

            return;
        }

        var rest = received.AsSpan(0, have + count);
        if (client.State is ClientState.Upgrading && !TakeAnswer(client, ref rest))
        {
            return;
        }

        while (client.State is ClientState.Open && TryFrame(rest, out var first, out var payload, out var length))
        {
            rest = rest[length..];
            TakeFrame(client, first, payload);
        }

        Keep(client, rest);
    }

    /// <returns>False when the answer is not whole yet, or a refusal.</returns>
    private bool TakeAnswer(Client client, ref Span<byte> rest)
    {
        var end = rest.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            Keep(client, rest);
            return false;
        }

        if (!rest.StartsWith("HTTP/1.1 101"u8))
        {
            Lose(client, "refused: " + Encoding.UTF8.GetString(rest[..Math.Min(rest.Length, 200)]).Split('\r')[0]);
            return false;
        }

        client.State = ClientState.Open;
        rest = rest[(end + 4)..];
        return true;
    }

    private void TakeFrame(Client client, byte first, ReadOnlySpan<byte> payload)
    {
        switch (first)
        {
            case 0x81:
                if (!client.IsGreeted && Frames.IsType(payload, "hello"u8))
                {
                    client.IsGreeted = true;
                    Underway--;
                }

                client.Take(payload);
                break;
            case 0x89:
                SendFrame(client, payload, 0x8A);
                break;
            case 0x88:
                Lose(client, payload.Length < 2 ? "closed" : $"closed with {BinaryPrimitives.ReadUInt16BigEndian(payload)} {Encoding.UTF8.GetString(payload[2..])}");
                break;
        }
    }

    private static bool TryFrame(ReadOnlySpan<byte> bytes, out byte first, out ReadOnlySpan<byte> payload, out int length)
    {
        first = 0;
        payload = default;
        length = 0;
        if (bytes.Length < 2)
        {
            return false;
        }

        var header = bytes[1] switch { 126 => 4, 127 => 10, _ => 2 };
        if (bytes.Length < header)
        {
            return false;
        }

        var size = bytes[1] switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]),
            127 => checked((int)BinaryPrimitives.ReadUInt64BigEndian(bytes[2..])),
            var small => small,
        };
        if (bytes.Length < header + size)
        {
            return false;
        }

        first = bytes[0];
        payload = bytes.Slice(header, size);
        length = header + size;
        return true;
    }

    private static void Keep(Client client, ReadOnlySpan<byte> rest)
    {
        client.PartLength = client.State is ClientState.Closed ? 0 : rest.Length;
        if (client.Part.Length < client.PartLength)
        {
            client.Part = new byte[client.PartLength * 2];
        }

        rest[..client.PartLength].CopyTo(client.Part);
    }

    private void SendFrame(Client client, ReadOnlySpan<byte> payload, byte first)
    {
        if (client.State is not ClientState.Open)
        {
            return;
        }

        outgoing[0] = first;
        var header = 2;
        if (payload.Length < 126)
        {
            outgoing[1] = (byte)(0x80 | payload.Length);
        }
        else
        {
            outgoing[1] = 0x80 | 126;
            BinaryPrimitives.WriteUInt16BigEndian(outgoing.AsSpan(2), checked((ushort)payload.Length));
            header = 4;
        }

        outgoing.AsSpan(header, 4).Clear();
        payload.CopyTo(outgoing.AsSpan(header + 4));
        Write(client, outgoing.AsSpan(0, header + 4 + payload.Length));
    }

    private void Write(Client client, ReadOnlySpan<byte> data)
    {
        if (client.WaitingLength == 0)
        {
            int sent;
            fixed (byte* at = data)
            {
                sent = Libc.Send(client.Socket, at, data.Length);
            }

            if (sent == data.Length)
            {
                return;
            }

            if (sent < 0 && Libc.LastError != Libc.Again)
            {
                Lose(client, $"send: error {Libc.LastError}");
                return;
            }

            data = data[Math.Max(0, sent)..];
            Libc.Watch(epoll, Libc.Change, client.Socket, Libc.Readable | Libc.Writable, client.Id);
        }

        var needed = client.WaitingLength + data.Length;
        if (client.Waiting.Length < client.WaitingFrom + needed)
        {
            var larger = new byte[needed * 2];
            client.Waiting.AsSpan(client.WaitingFrom, client.WaitingLength).CopyTo(larger);
            client.Waiting = larger;
            client.WaitingFrom = 0;
        }

        data.CopyTo(client.Waiting.AsSpan(client.WaitingFrom + client.WaitingLength));
        client.WaitingLength = needed;
    }

    private void Flush(Client client)
    {
        int sent;
        fixed (byte* at = client.Waiting)
        {
            sent = Libc.Send(client.Socket, at + client.WaitingFrom, client.WaitingLength);
        }

        if (sent < 0)
        {
            if (Libc.LastError != Libc.Again)
            {
                Lose(client, $"send: error {Libc.LastError}");
            }

            return;
        }

        client.WaitingFrom += sent;
        client.WaitingLength -= sent;
        if (client.WaitingLength == 0)
        {
            client.WaitingFrom = 0;
            Libc.Watch(epoll, Libc.Change, client.Socket, Libc.Readable, client.Id);
        }
    }

    private void Lose(Client client, string why)
    {
        Reset(client);
        client.Lost(why);
    }
}
