using System.Buffers;
using System.Buffers.Binary;
using System.Text.Unicode;

namespace ChatMonolith.BuildingBlocks.Realtime;

internal enum InFrameKind
{
    Text,
    Ping,
    Pong,
    Close,
}

/// <summary>What a client sent. <paramref name="Payload"/> is valid until the next read.</summary>
internal readonly record struct InFrame(InFrameKind Kind, ReadOnlyMemory<byte> Payload);

/// <summary>The client broke the framing; the socket is closed with <see cref="Code"/>.</summary>
internal sealed class FramingException(CloseCode code) : Exception(code.Reason)
{
    public CloseCode Code { get; } = code;
}

/// <summary>
/// Reads masked client frames (RFC 6455, 5). Lengths are checked before a byte of payload is awaited or room for it is made. An idle
/// connection holds room for an ordinary command and no more; that saves the system calls of waiting first and reading then.
/// </summary>
internal sealed class FrameReader(Wire wire, int maxMessageBytes) : IDisposable
{
    private const int SmallBuffer = 512;
    private const int FirstBuffer = 4096;
    private const int LongestHeader = 14;

    /// <summary>More pieces than that of one message are an attack on the reader's time, whatever their size.</summary>
    private const int MaxFragments = 1024;

    private byte[]? small;
    private byte[]? buffer;
    private int start;
    private int end;
    private bool wasFilled;
    private byte[]? message;
    private int messageLength;
    private int fragments;

    /// <returns>The next message or control frame; null at the end of the stream.</returns>
    /// <exception cref="FramingException">The framing is broken.</exception>
    public async ValueTask<InFrame?> Read(CancellationToken ct)
    {
        if (message is not null && fragments == 0)
        {
            ReturnMessage();
        }

        while (true)
        {
            if (!await Fill(2, ct).ConfigureAwait(false))
            {
                return null;
            }

            var (final, opcode, length, headerLength) = await ReadHeader(ct).ConfigureAwait(false);
            if (!await Fill(headerLength + length, ct).ConfigureAwait(false))
            {
                return null;
            }

            Unmask(buffer.AsSpan(start + headerLength - 4, 4), buffer.AsSpan(start + headerLength, length));
            var payload = buffer.AsMemory(start + headerLength, length);
            start += headerLength + length;
            if (opcode >= 8)
            {
                return Control(opcode, payload);
            }

            if (final && opcode != 0)
            {
                return new InFrame(InFrameKind.Text, CheckedText(payload));
            }

            Append(payload.Span);
            if (final)
            {
                fragments = 0;
                return new InFrame(InFrameKind.Text, CheckedText(message.AsMemory(0, messageLength)));
            }
        }
    }

    /// <summary>After our close frame: reads on until the peer's, or to the end of what may be no frames at all.</summary>
    public async Task SkipToClose(CancellationToken ct)
    {
        try
        {
            while (await Read(ct).ConfigureAwait(false) is { Kind: not InFrameKind.Close })
            {
                // Whatever still comes is not for us.
            }
        }
        catch (FramingException)
        {
            do
            {
                start = end = 0;
            }
            while (await Fill(1, ct).ConfigureAwait(false));
        }
    }

    public void Dispose()
    {
        ReturnMessage();
        ReturnBuffer();
        start = end = 0;
    }

    private static InFrame Control(int opcode, ReadOnlyMemory<byte> payload)
    {
        switch (opcode)
        {
            case 9:
                return new InFrame(InFrameKind.Ping, payload);
            case 10:
                return new InFrame(InFrameKind.Pong, payload);
            default:
                if (payload.Length == 1 || (payload.Length >= 2 && !IsCloseCode(BinaryPrimitives.ReadUInt16BigEndian(payload.Span))))
                {
                    throw new FramingException(CloseCode.ProtocolError);
                }

                if (payload.Length > 2)
                {
                    CheckedText(payload[2..]);
                }

                return new InFrame(InFrameKind.Close, payload);
        }
    }

    /// <summary>RFC 6455, 7.4.</summary>
    private static bool IsCloseCode(ushort code) => code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);

    private static ReadOnlyMemory<byte> CheckedText(ReadOnlyMemory<byte> payload) =>
        Utf8.IsValid(payload.Span) ? payload : throw new FramingException(CloseCode.InvalidUtf8);

    private static void Unmask(ReadOnlySpan<byte> mask, Span<byte> payload)
    {
        Span<byte> wide = stackalloc byte[8];
        mask.CopyTo(wide);
        mask.CopyTo(wide[4..]);
        var key = BinaryPrimitives.ReadUInt64LittleEndian(wide);
        while (payload.Length >= 8)
        {
            BinaryPrimitives.WriteUInt64LittleEndian(payload, BinaryPrimitives.ReadUInt64LittleEndian(payload) ^ key);
            payload = payload[8..];
        }

        for (var i = 0; i < payload.Length; i++)
        {
            payload[i] ^= mask[i & 3];
        }
    }

    private async ValueTask<(bool Final, int Opcode, int Length, int HeaderLength)> ReadHeader(CancellationToken ct)
    {
        var first = buffer![start];
        var second = buffer[start + 1];
        var opcode = first & 0x0F;
        var final = (first & 0x80) != 0;

        // Reserved bits belong to extensions, none of which is negotiated; clients must mask (5.1).
        if ((first & 0x70) != 0 || (second & 0x80) == 0 || opcode is (> 2 and < 8) or > 10)
        {
            throw new FramingException(CloseCode.ProtocolError);
        }

        var control = opcode >= 8;
        ulong length = (ulong)(second & 0x7F);
        if (control && (length > 125 || !final))
        {
            throw new FramingException(CloseCode.ProtocolError);
        }

        var continuing = message is not null && fragments > 0;
        if (!control && (opcode == 0) != continuing)
        {
            throw new FramingException(CloseCode.ProtocolError);
        }

        if (opcode == 2)
        {
            throw new FramingException(CloseCode.UnsupportedData);
        }

        var headerLength = 6;
        if (length >= 126)
        {
            var extended = length == 126 ? 2 : 8;
            headerLength += extended;
            if (!await Fill(headerLength, ct).ConfigureAwait(false))
            {
                throw new FramingException(CloseCode.ProtocolError);
            }

            var span = buffer.AsSpan(start + 2);
            length = extended == 2 ? BinaryPrimitives.ReadUInt16BigEndian(span) : BinaryPrimitives.ReadUInt64BigEndian(span);
            if (length > long.MaxValue)
            {
                throw new FramingException(CloseCode.ProtocolError);
            }
        }

        var before = continuing ? messageLength : 0;
        return length <= (ulong)(maxMessageBytes - before)
            ? (final, opcode, (int)length, headerLength)
            : throw new FramingException(CloseCode.TooBig);
    }

    private void Append(ReadOnlySpan<byte> payload)
    {
        if (++fragments > MaxFragments)
        {
            throw new FramingException(CloseCode.TooBig);
        }

        message ??= ArrayPool<byte>.Shared.Rent(Math.Min(maxMessageBytes, Math.Max(FirstBuffer, payload.Length)));
        if (messageLength + payload.Length > message.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Min(maxMessageBytes, Math.Max(message.Length * 2, messageLength + payload.Length)));
            message.AsSpan(0, messageLength).CopyTo(larger);
            ArrayPool<byte>.Shared.Return(message);
            message = larger;
        }

        payload.CopyTo(message.AsSpan(messageLength));
        messageLength += payload.Length;
    }

    private async ValueTask<bool> Fill(int count, CancellationToken ct)
    {
        while (end - start < count)
        {
            if (start == end)
            {
                BeginAgain();
            }

            MakeRoom(count);
            var room = buffer!.Length - end;
            var read = await wire.Read(buffer.AsMemory(end), ct).ConfigureAwait(false);
            if (read == 0)
            {
                return false;
            }

            end += read;
            wasFilled = read == room;
        }

        return true;
    }

    /// <summary>Nothing is held any more: who filled the buffer gets a large one, everybody else waits with a small one.</summary>
    private void BeginAgain()
    {
        start = end = 0;
        if (wasFilled && (buffer is null || buffer.Length < FirstBuffer))
        {
            buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        }
        else if (!wasFilled && !ReferenceEquals(buffer, small))
        {
            ReturnBuffer();
        }

        buffer ??= small ??= new byte[SmallBuffer];
    }

    private void MakeRoom(int count)
    {
        if (buffer!.Length - start >= Math.Max(count, LongestHeader) && end < buffer.Length)
        {
            return;
        }

        var target = buffer.Length >= count + LongestHeader ? buffer : ArrayPool<byte>.Shared.Rent(Math.Max(FirstBuffer, count + LongestHeader));
        buffer.AsSpan(start, end - start).CopyTo(target);
        end -= start;
        start = 0;
        if (!ReferenceEquals(target, buffer))
        {
            ReturnBuffer();
            buffer = target;
        }
    }

    private void ReturnBuffer()
    {
        if (buffer is not null && !ReferenceEquals(buffer, small))
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        buffer = null;
    }

    private void ReturnMessage()
    {
        if (message is not null)
        {
            ArrayPool<byte>.Shared.Return(message);
            message = null;
        }

        messageLength = 0;
    }
}
