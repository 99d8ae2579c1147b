using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace ChatMonolith.Benchmark.Load;

/// <summary>
/// Our frames, read by searching: the generator has no time for JSON. A message's text is 128 bytes: a mark, when it was due, who sent it.
/// </summary>
internal static class Frames
{
    private const int TextBytes = 128;
    private static readonly string Run = Guid.NewGuid().ToString("N")[..10];
    private static readonly string Padding = new('x', TextBytes - 26);

    public static bool IsType(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> type) =>
        frame.StartsWith("{\"type\":\""u8) && frame[9..].StartsWith(type) && frame.Length > 9 + type.Length && frame[9 + type.Length] == (byte)'"';

    public static bool IsMessage(ReadOnlySpan<byte> frame) => IsType(frame, "message.created"u8);

    /// <returns>-1 when there is none.</returns>
    public static long Seq(ReadOnlySpan<byte> frame) => Number(frame, "\"seq\":"u8);

    public static long UserSeq(ReadOnlySpan<byte> frame) => Number(frame, "\"userSeq\":"u8);

    /// <returns>Empty when there is none.</returns>
    public static ReadOnlySpan<byte> Room(ReadOnlySpan<byte> frame) => Word(frame, "\"roomId\":\""u8);

    public static string Epoch(ReadOnlySpan<byte> frame) => Encoding.ASCII.GetString(Word(frame, "\"epoch\":\""u8));

    /// <param name="roomId">Where to.</param>
    /// <param name="due">When it is due: a timestamp, from which its latency is counted.</param>
    /// <param name="sender">Which client sends; comes back by <see cref="TryStamp"/>.</param>
    /// <param name="number">The how-manieth of this client; never twice.</param>
    public static byte[] Message(Guid roomId, long due, int sender, int number) => Encoding.ASCII.GetBytes(string.Create(
        CultureInfo.InvariantCulture,
        $"{{\"type\":\"message.send\",\"ref\":\"1\",\"roomId\":\"{roomId}\",\"clientId\":\"{Run}-{sender:x}-{number}\",\"text\":\"@@{due:x16}{sender:x8}{Padding}\"}}"));

    /// <summary>What <see cref="Message"/> put into the text.</summary>
    public static bool TryStamp(ReadOnlySpan<byte> frame, out long due, out int sender)
    {
        var mark = frame.IndexOf("@@"u8);
        due = 0;
        sender = 0;
        return mark >= 0 && frame.Length >= mark + 26
            && Utf8Parser.TryParse(frame.Slice(mark + 2, 16), out due, out var used, 'x') && used == 16
            && Utf8Parser.TryParse(frame.Slice(mark + 18, 8), out sender, out used, 'x') && used == 8;
    }

    private static long Number(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> name)
    {
        var at = frame.IndexOf(name);
        return at >= 0 && Utf8Parser.TryParse(frame[(at + name.Length)..], out long number, out _) ? number : -1;
    }

    private static ReadOnlySpan<byte> Word(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> name)
    {
        var at = frame.IndexOf(name);
        if (at < 0)
        {
            return default;
        }

        var rest = frame[(at + name.Length)..];
        var end = rest.IndexOf((byte)'"');
        return end < 0 ? default : rest[..end];
    }
}
