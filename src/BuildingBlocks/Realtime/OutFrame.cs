using System.Buffers;
using System.Buffers.Binary;
using System.Text.Encodings.Web;
using System.Text.Json;
using ChatMonolith.BuildingBlocks.Http;

namespace ChatMonolith.BuildingBlocks.Realtime;

/// <summary>
/// An unmasked WebSocket frame, header included (RFC 6455, 5.2), ready to be written as it is. It is encoded once and shared by all
/// who get it; nobody changes it.
/// </summary>
public readonly record struct OutFrame(ReadOnlyMemory<byte> Bytes)
{
    private const int LongestHeader = 10;
    private const byte FinalText = 0x81;
    private const byte FinalClose = 0x88;
    private const byte FinalPing = 0x89;
    private const byte FinalPong = 0x8A;
    private static readonly JsonWriterOptions WriterOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? scratch;

    [ThreadStatic]
    private static Utf8JsonWriter? writer;

    public static readonly OutFrame Ping = Control(FinalPing, []);

    /// <summary>The JSON after the header.</summary>
    public ReadOnlySpan<byte> Payload => Bytes.Span[HeaderLength(Bytes.Span)..];

    /// <summary>Encodes one text frame from what <paramref name="write"/> writes.</summary>
    public static OutFrame Text<TState>(TState state, Action<Utf8JsonWriter, TState> write)
    {
        var buffer = scratch ??= new ArrayBufferWriter<byte>(4096);
        buffer.ResetWrittenCount();
        buffer.GetSpan(LongestHeader)[..LongestHeader].Clear();
        buffer.Advance(LongestHeader);
        var json = writer ??= new Utf8JsonWriter(buffer, WriterOptions);
        json.Reset(buffer);
        write(json, state);
        json.Flush();
        var written = buffer.WrittenSpan;
        var length = written.Length - LongestHeader;
        Span<byte> header = stackalloc byte[LongestHeader];
        var headerLength = WriteHeader(header, FinalText, length);
        var frame = GC.AllocateUninitializedArray<byte>(headerLength + length);
        header[..headerLength].CopyTo(frame);
        written[LongestHeader..].CopyTo(frame.AsSpan(headerLength));
        if (buffer.Capacity > 256 * 1024)
        {
            // One giant frame must not pin its buffer to the thread for ever.
            scratch = null;
            writer = null;
        }

        return new OutFrame(frame);
    }

    /// <summary>Encodes an object whose empty members are left out.</summary>
    public static OutFrame Text<T>(T value) => Text(value, static (json, v) => JsonSerializer.Serialize(json, v, Json.Frames));

    public static OutFrame Pong(ReadOnlySpan<byte> payload) => Control(FinalPong, payload);

    public static OutFrame Close(CloseCode code)
    {
        Span<byte> payload = stackalloc byte[2 + 123];
        BinaryPrimitives.WriteUInt16BigEndian(payload, code.Code);
        var length = System.Text.Encoding.UTF8.GetBytes(code.Reason, payload[2..]);
        return Control(FinalClose, payload[..(2 + length)]);
    }

    private static OutFrame Control(byte first, ReadOnlySpan<byte> payload)
    {
        var frame = new byte[2 + payload.Length];
        frame[0] = first;
        frame[1] = (byte)payload.Length;
        payload.CopyTo(frame.AsSpan(2));
        return new OutFrame(frame);
    }

    private static int WriteHeader(Span<byte> header, byte first, int length)
    {
        header[0] = first;
        switch (length)
        {
            case <= 125:
                header[1] = (byte)length;
                return 2;
            case <= ushort.MaxValue:
                header[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(header[2..], (ushort)length);
                return 4;
            default:
                header[1] = 127;
                BinaryPrimitives.WriteUInt64BigEndian(header[2..], (ulong)length);
                return 10;
        }
    }

    private static int HeaderLength(ReadOnlySpan<byte> frame) => frame[1] switch { 126 => 4, 127 => 10, _ => 2 };
}
