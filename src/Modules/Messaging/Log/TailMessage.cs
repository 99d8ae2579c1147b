using System.Text;

namespace ChatMonolith.Messaging.Log;

/// <summary>
/// One message as it stands in a row of the tail, read in place: id, room, number, sender, client id, MAC, text, HTML if any, time. Ids are
/// 16 bytes, big-endian; numbers and lengths are seven bits a byte, the lowest first.
/// </summary>
internal readonly ref struct TailMessage
{
    private const int IdBytes = 16;
    private const int LongestNumber = 10;
    private readonly ReadOnlySpan<byte> bytes;
    private readonly int keyAt;
    private readonly int keyLength;

    /// <summary>Reads the message with which <paramref name="source"/> begins.</summary>
    public TailMessage(ReadOnlySpan<byte> source)
    {
        var at = 2 * IdBytes;
        Seq = Number(source, ref at);
        keyAt = at;
        at += IdBytes;
        ClientId = Counted(source, ref at);
        keyLength = at - keyAt;
        RequestMac = Counted(source, ref at);
        Text = Counted(source, ref at);
        HasHtml = source[at++] != 0;
        Html = HasHtml ? Counted(source, ref at) : default;
        At = Number(source, ref at);
        bytes = source[..at];
    }

    public ReadOnlySpan<byte> Bytes => bytes;

    public Guid Id => new(IdSpan, bigEndian: true);

    public Guid RoomId => new(RoomSpan, bigEndian: true);

    public Guid SenderId => new(SenderSpan, bigEndian: true);

    public long Seq { get; }

    public ReadOnlySpan<byte> IdSpan => bytes[..IdBytes];

    public ReadOnlySpan<byte> RoomSpan => bytes.Slice(IdBytes, IdBytes);

    public ReadOnlySpan<byte> SenderSpan => bytes.Slice(keyAt, IdBytes);

    /// <summary>UTF-8, as all texts here.</summary>
    public ReadOnlySpan<byte> ClientId { get; }

    public ReadOnlySpan<byte> RequestMac { get; }

    public ReadOnlySpan<byte> Text { get; }

    public bool HasHtml { get; }

    public ReadOnlySpan<byte> Html { get; }

    public long At { get; }

    /// <summary>Sender and client id, which name a message in its room.</summary>
    public ReadOnlySpan<byte> Key => bytes.Slice(keyAt, keyLength);

    /// <summary>At most so many bytes.</summary>
    public static int Room(NewMessage message) =>
        (3 * IdBytes) + (6 * LongestNumber) + 1 + Encoding.UTF8.GetMaxByteCount(message.ClientId.Length) + message.RequestMac.Length
        + Encoding.UTF8.GetByteCount(message.Text) + (message.Html is null ? 0 : Encoding.UTF8.GetByteCount(message.Html));

    public static int KeyRoom(string clientId) => IdBytes + LongestNumber + Encoding.UTF8.GetMaxByteCount(clientId.Length);

    /// <returns>The bytes written.</returns>
    public static int Write(Span<byte> target, NewMessage message)
    {
        var at = WriteId(target, message.Id);
        at += WriteId(target[at..], message.RoomId);
        at += WriteNumber(target[at..], message.State.Seq);
        at += WriteKey(target[at..], message.SenderId, message.ClientId);
        at += WriteNumber(target[at..], message.RequestMac.Length);
        message.RequestMac.CopyTo(target[at..]);
        at += message.RequestMac.Length;
        at += WriteText(target[at..], message.Text);
        target[at++] = message.Html is null ? (byte)0 : (byte)1;
        if (message.Html is not null)
        {
            at += WriteText(target[at..], message.Html);
        }

        return at + WriteNumber(target[at..], message.At);
    }

    /// <summary>As <see cref="Key"/>.</summary>
    /// <returns>The bytes written.</returns>
    public static int WriteKey(Span<byte> target, Guid sender, string clientId)
    {
        var at = WriteId(target, sender);
        return at + WriteText(target[at..], clientId);
    }

    public static int WriteId(Span<byte> target, Guid id)
    {
        id.TryWriteBytes(target, bigEndian: true, out var written);
        return written;
    }

    public static int WriteNumber(Span<byte> target, long number)
    {
        var at = 0;
        var rest = (ulong)number;
        for (; rest > 0x7F; rest >>= 7)
        {
            target[at++] = (byte)(rest | 0x80);
        }

        target[at++] = (byte)rest;
        return at;
    }

    public static long Number(ReadOnlySpan<byte> source, scoped ref int at)
    {
        var number = 0UL;
        for (var shift = 0; ; shift += 7)
        {
            var next = source[at++];
            number |= (ulong)(next & 0x7F) << shift;
            if (next <= 0x7F)
            {
                return (long)number;
            }
        }
    }

    private static int WriteText(Span<byte> target, string text)
    {
        var length = Encoding.UTF8.GetByteCount(text);
        var at = WriteNumber(target, length);
        return at + Encoding.UTF8.GetBytes(text, target[at..]);
    }

    private static ReadOnlySpan<byte> Counted(ReadOnlySpan<byte> source, scoped ref int at)
    {
        var length = (int)Number(source, ref at);
        var value = source.Slice(at, length);
        at += length;
        return value;
    }
}
