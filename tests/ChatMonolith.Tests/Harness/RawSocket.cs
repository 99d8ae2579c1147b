using System.Buffers.Binary;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace ChatMonolith.Tests.Harness;

/// <summary>
/// RFC 6455 by hand on a TCP connection, able to break every rule of it: frames that are unmasked, fragmented, reserved, or that lie
/// about their length.
/// </summary>
public sealed class RawSocket : IAsyncDisposable
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int CloseFrame = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    private readonly TcpClient tcp = new() { NoDelay = true };
    private readonly byte[] buffer = new byte[64 * 1024];
    private Stream stream = Stream.Null;
    private int from;
    private int to;

    /// <summary>The status of the handshake: 101 when the socket is open.</summary>
    public int Status { get; private set; }

    /// <summary>The answer's headers by lower-case name.</summary>
    public Dictionary<string, string> Headers { get; } = new(StringComparer.Ordinal);

    /// <summary>The body of a refused handshake.</summary>
    public string Body { get; private set; } = "";

    public string? Code => Body.StartsWith('{') ? JsonSerializer.Deserialize<JsonElement>(Body).GetProperty("code").GetString() : null;

    /// <summary>Makes the handshake and returns whatever it led to.</summary>
    /// <param name="server">The server's address.</param>
    /// <param name="pathAndQuery">Such as <c>/ws?token=…</c>; <see cref="SocketCredentials.PathAndQuery"/> makes them.</param>
    /// <param name="headers">Further headers; one of the handshake's own is replaced, and left out when its value is empty.</param>
    public static Task<RawSocket> Connect(Uri server, string pathAndQuery, params (string Name, string Value)[] headers) => Connect(server, pathAndQuery, [], headers);

    /// <summary>The same with bytes that follow the handshake without waiting for its answer; over TLS where the address says so.</summary>
    public static async Task<RawSocket> Connect(Uri server, string pathAndQuery, byte[] ahead, params (string Name, string Value)[] headers)
    {
        var raw = new RawSocket();
        await raw.tcp.ConnectAsync(server.Host, server.Port);
        raw.stream = raw.tcp.GetStream();
        if (server.Scheme == Uri.UriSchemeHttps)
        {
#pragma warning disable CA5359 // The test made the certificate itself.
            var tls = new SslStream(raw.stream, leaveInnerStreamOpen: false, static (_, _, _, _) => true);
#pragma warning restore CA5359
            await tls.AuthenticateAsClientAsync(server.Host);
            raw.stream = tls;
        }

        var all = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase)
        {
            ["Host"] = server.Authority,
            ["Connection"] = "Upgrade",
            ["Upgrade"] = "websocket",
            ["Sec-WebSocket-Version"] = "13",
            ["Sec-WebSocket-Key"] = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16)),
        };
        foreach (var (name, value) in headers)
        {
            all[name] = value;
        }

        var head = new StringBuilder($"GET {pathAndQuery} HTTP/1.1\r\n");
        foreach (var (name, value) in all.Where(h => h.Value.Length > 0))
        {
            head.Append($"{name}: {value}\r\n");
        }

        byte[] request = [.. Encoding.Latin1.GetBytes(head.Append("\r\n").ToString()), .. ahead];
        await raw.SendBytes(request);
        await raw.ReadHead().Within("the answer to the handshake");
        return raw;
    }

    /// <summary>Opens a socket that must open, and reads its <c>hello</c>.</summary>
    public static async Task<RawSocket> Open(Person person, params (string Name, string Value)[] headers)
    {
        var raw = await Connect(person.Server.Address, "/ws", [("Authorization", "Bearer " + person.AccessToken), .. headers]);
        if (raw.Status != 101)
        {
            throw new InvalidOperationException($"The handshake was refused with {raw.Status}: {raw.Body}");
        }

        await raw.ReadFrame();
        return raw;
    }

    /// <summary>A frame as RFC 6455 5.2 draws it, with whatever the test wants wrong.</summary>
    /// <param name="opcode">Four bits.</param>
    /// <param name="payload">The bytes that really follow.</param>
    /// <param name="fin">Whether it is the last of its message.</param>
    /// <param name="masked">A client's frames must be.</param>
    /// <param name="reserved">The three reserved bits.</param>
    /// <param name="declaredLength">What the header says of the length, in the 64-bit form; null for the truth.</param>
    public static byte[] Frame(int opcode, ReadOnlySpan<byte> payload, bool fin = true, bool masked = true, int reserved = 0, ulong? declaredLength = null)
    {
        var head = new List<byte> { (byte)((fin ? 0x80 : 0) | (reserved << 4) | opcode) };
        var mask = masked ? 0x80 : 0;
        Span<byte> wide = stackalloc byte[8];
        if (declaredLength is null && payload.Length <= 125)
        {
            head.Add((byte)(mask | payload.Length));
        }
        else if (declaredLength is null && payload.Length <= ushort.MaxValue)
        {
            BinaryPrimitives.WriteUInt16BigEndian(wide, (ushort)payload.Length);
            head.Add((byte)(mask | 126));
            head.AddRange(wide[..2]);
        }
        else
        {
            BinaryPrimitives.WriteUInt64BigEndian(wide, declaredLength ?? (ulong)payload.Length);
            head.Add((byte)(mask | 127));
            head.AddRange(wide);
        }

        var body = payload.ToArray();
        if (masked)
        {
            var key = RandomNumberGenerator.GetBytes(4);
            head.AddRange(key);
            for (var i = 0; i < body.Length; i++)
            {
                body[i] ^= key[i % 4];
            }
        }

        return [.. head, .. body];
    }

    public static byte[] Frame(string text, bool fin = true, bool masked = true) => Frame(Text, Encoding.UTF8.GetBytes(text), fin, masked);

    public async Task SendBytes(ReadOnlyMemory<byte> bytes)
    {
        await stream.WriteAsync(bytes);
        await stream.FlushAsync();
    }

    /// <summary>The next frame of the server, or null at the end of the connection.</summary>
    public async Task<RawFrame?> ReadFrame(TimeSpan? limit = null) => await ReadOne().Within("a frame of the server", limit);

    /// <summary>Reads on to the next reply; events of rooms that others are busy in pass by.</summary>
    public async Task<JsonElement> ReadReply()
    {
        while (await ReadFrame() is { } frame)
        {
            if (frame.Opcode == Text && frame.Json.Type() is "ok" or "error")
            {
                return frame.Json;
            }
        }

        throw new InvalidOperationException("The connection ended before the reply.");
    }

    /// <summary>Reads on to the close frame and returns its code; 1006 when the connection ends without one.</summary>
    public async Task<int> CloseCode(TimeSpan? limit = null)
    {
        while (await ReadFrame(limit) is { } frame)
        {
            if (frame.Opcode == CloseFrame)
            {
                return frame.Payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(frame.Payload) : 1005;
            }
        }

        return 1006;
    }

    public ValueTask DisposeAsync()
    {
        tcp.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<RawFrame?> ReadOne()
    {
        try
        {
            var head = await ReadExactly(2);
            long length = head[1] & 0x7F;
            if (length == 126)
            {
                length = BinaryPrimitives.ReadUInt16BigEndian(await ReadExactly(2));
            }
            else if (length == 127)
            {
                length = BinaryPrimitives.ReadInt64BigEndian(await ReadExactly(8));
            }

            return new RawFrame((head[0] & 0x80) != 0, (head[0] >> 4) & 7, head[0] & 0x0F, (head[1] & 0x80) != 0, await ReadExactly((int)length));
        }
        catch (IOException)
        {
            return null;
        }
    }

    private async Task ReadHead()
    {
        var lines = new List<string>();
        while (await ReadLine() is { Length: > 0 } line)
        {
            lines.Add(line);
        }

        Status = int.Parse(lines[0].Split(' ')[1]);
        foreach (var line in lines.Skip(1))
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            Headers[line[..colon].ToLowerInvariant()] = line[(colon + 1)..].Trim();
        }

        if (Status == 101)
        {
            return;
        }

        Body = Headers.TryGetValue("content-length", out var length)
            ? Encoding.UTF8.GetString(await ReadExactly(int.Parse(length)))
            : await ReadChunked();
    }

    private async Task<string> ReadChunked()
    {
        if (!Headers.ContainsKey("transfer-encoding"))
        {
            return "";
        }

        var body = new List<byte>();
        while (Convert.ToInt32((await ReadLine()).Split(';')[0], 16) is var size and > 0)
        {
            body.AddRange(await ReadExactly(size));
            await ReadLine();
        }

        return Encoding.UTF8.GetString([.. body]);
    }

    private async Task<string> ReadLine()
    {
        var line = new List<byte>();
        while (line.Count < 2 || line[^2] != '\r' || line[^1] != '\n')
        {
            line.Add((await ReadExactly(1))[0]);
        }

        return Encoding.Latin1.GetString([.. line])[..^2];
    }

    private async Task<byte[]> ReadExactly(int count)
    {
        var result = new byte[count];
        for (var done = 0; done < count;)
        {
            if (from == to)
            {
                from = 0;
                to = await stream.ReadAsync(buffer);
                if (to == 0)
                {
                    throw new EndOfStreamException();
                }
            }

            var some = Math.Min(count - done, to - from);
            buffer.AsSpan(from, some).CopyTo(result.AsSpan(done));
            from += some;
            done += some;
        }

        return result;
    }
}

/// <summary>A frame as it came over the wire.</summary>
public sealed record RawFrame(bool Fin, int Reserved, int Opcode, bool Masked, byte[] Payload)
{
    public JsonElement Json => JsonSerializer.Deserialize<JsonElement>(Payload);
}
