using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using ChatMonolith.BuildingBlocks.Time;
using ChatMonolith.Contracts.Messaging;

namespace ChatMonolith.Messaging.Log;

/// <summary>
/// The hash chain over a room's log (HTTP contract, "The log's digest"): d(0) = SHA-256(roomId), d(n) = SHA-256(d(n-1) ‖ entry). The
/// room id is its lower-case text; the entry is canonical JSON as RFC 8785 orders it: members sorted by name, no white space.
/// </summary>
internal static class Digest
{
    public const int ShownBytes = 16;

    public static byte[] Start(Guid roomId) => SHA256.HashData(Encoding.ASCII.GetBytes(roomId.ToString()));

    public static byte[] Next(byte[] previous, Guid roomId, long seq, LogEntry entry, long at)
    {
        Span<byte> buffer = stackalloc byte[SHA256.HashSizeInBytes + 512];
        previous.CopyTo(buffer);
        var length = SHA256.HashSizeInBytes + Canonical(buffer[SHA256.HashSizeInBytes..], roomId, seq, entry, at);
        return SHA256.HashData(buffer[..length]);
    }

    public static string Show(byte[] digest) => Convert.ToHexStringLower(digest.AsSpan(0, ShownBytes));

    internal static int Canonical(Span<byte> target, Guid roomId, long seq, LogEntry entry, long at)
    {
        var writer = new Writer(target);
        writer.Raw("{\"at\":\""u8);
        writer.Time(at);
        writer.Raw("\",\"by\":\""u8);
        writer.Id(entry.By);
        if (entry.Emoji is { } emoji)
        {
            // An emoji holds nothing that JSON would escape; AddReaction sees to it.
            writer.Raw("\",\"emoji\":\""u8);
            writer.Text(emoji);
        }

        if (entry.MessageId is { } messageId)
        {
            writer.Raw("\",\"messageId\":\""u8);
            writer.Id(messageId);
        }

        writer.Raw("\",\"roomId\":\""u8);
        writer.Id(roomId);
        writer.Raw("\",\"seq\":"u8);
        writer.Number(seq);
        writer.Raw(",\"type\":\""u8);
        writer.Text(EntryNames.Of(entry.Type));
        if (entry.UserId is { } userId)
        {
            writer.Raw("\",\"userId\":\""u8);
            writer.Id(userId);
        }

        writer.Raw("\"}"u8);
        return writer.Length;
    }

    private ref struct Writer(Span<byte> target)
    {
        private readonly Span<byte> target = target;

        public int Length { get; private set; }

        public void Raw(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(target[Length..]);
            Length += bytes.Length;
        }

        public void Text(string text) => Length += Encoding.UTF8.GetBytes(text, target[Length..]);

        public void Id(Guid id)
        {
            id.TryFormat(target[Length..], out var written);
            Length += written;
        }

        public void Number(long number)
        {
            number.TryFormat(target[Length..], out var written, default, CultureInfo.InvariantCulture);
            Length += written;
        }

        public void Time(long at)
        {
            Clock.Format(at, target[Length..]);
            Length += Clock.FormattedLength;
        }
    }
}
