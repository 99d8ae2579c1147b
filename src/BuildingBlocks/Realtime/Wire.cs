using System.Net.Sockets;

namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>The bytes below a socket. One reader and one writer at a time.</summary>
internal abstract class Wire
{
    /// <summary>Whether <see cref="TryWrite"/> ever takes anything.</summary>
    public virtual bool WritesAtOnce => false;

    /// <summary>Hands bytes over at once, as far as that needs no waiting.</summary>
    /// <returns>How many were taken; fewer than all: the rest has to be written with <see cref="Write"/>.</returns>
    public virtual int TryWrite(ReadOnlySpan<byte> bytes) => 0;

    /// <exception cref="IOException">The peer is gone.</exception>
    public abstract ValueTask Write(ReadOnlyMemory<byte> bytes);

    /// <returns>The bytes read; 0 at the end.</returns>
    public abstract ValueTask<int> Read(Memory<byte> target, CancellationToken ct);

    /// <summary>Ends the connection now: what is being read or written fails.</summary>
    public abstract void CutOff();

    /// <summary>Ends the connection in order, after the close frames.</summary>
    public abstract void Hang();
}

/// <summary>An upgraded stream of the web server: for TLS, and wherever the socket cannot be had.</summary>
internal sealed class StreamWire(Stream stream, Action abort) : Wire
{
    public override ValueTask Write(ReadOnlyMemory<byte> bytes) => stream.WriteAsync(bytes, CancellationToken.None);

    public override ValueTask<int> Read(Memory<byte> target, CancellationToken ct) => stream.ReadAsync(target, ct);

    public override void CutOff() => abort();

    public override void Hang()
    {
        // The web server closes its connection when the request ends.
    }
}

/// <summary>
/// The connection's own TCP socket, not blocking. A frame goes to the kernel on the thread that has it, and only when the kernel's
/// buffer is full does somebody have to wait.
/// </summary>
internal sealed class SocketWire(Socket socket, byte[] received) : Wire
{
    private ReadOnlyMemory<byte> ahead = received;

    public override bool WritesAtOnce => true;

    public override int TryWrite(ReadOnlySpan<byte> bytes)
    {
        var sent = 0;
        try
        {
            while (sent < bytes.Length)
            {
                var taken = socket.Send(bytes[sent..], SocketFlags.None, out var error);
                if (error is not SocketError.Success)
                {
                    // Full, or broken: whoever writes the rest waits, or finds out.
                    break;
                }

                sent += taken;
            }
        }
        catch (ObjectDisposedException)
        {
            // Cut off meanwhile.
        }

        return sent;
    }

    public override async ValueTask Write(ReadOnlyMemory<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[await socket.SendAsync(bytes, SocketFlags.None, CancellationToken.None).ConfigureAwait(false)..];
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException(e.Message, e);
        }
    }

    public override ValueTask<int> Read(Memory<byte> target, CancellationToken ct)
    {
        if (ahead.IsEmpty)
        {
            return socket.ReceiveAsync(target, SocketFlags.None, ct);
        }

        var count = Math.Min(ahead.Length, target.Length);
        ahead[..count].CopyTo(target);
        ahead = count == ahead.Length ? default : ahead[count..];
        return ValueTask.FromResult(count);
    }

    public override void CutOff() => socket.Close(timeout: 0);

    public override void Hang()
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The peer was faster.
        }

        socket.Dispose();
    }
}
