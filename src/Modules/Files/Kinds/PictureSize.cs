using System.Buffers.Binary;

namespace ChatMonolith.Files.Kinds;

/// <summary>A picture's sides, read from its header alone: nothing is decoded, and nothing is reserved for what a header claims.</summary>
internal static class PictureSize
{
    /// <returns>Null where the header does not tell.</returns>
    public static (int Width, int Height)? Of(string contentType, ReadOnlySpan<byte> head)
    {
        try
        {
            var size = contentType switch
            {
                "image/png" => (BinaryPrimitives.ReadInt32BigEndian(head[16..]), BinaryPrimitives.ReadInt32BigEndian(head[20..])),
                "image/gif" => (BinaryPrimitives.ReadUInt16LittleEndian(head[6..]), BinaryPrimitives.ReadUInt16LittleEndian(head[8..])),
                "image/jpeg" => Jpeg(head),
                "image/webp" => Webp(head),
                _ => default,
            };
            return size is { Item1: > 0, Item2: > 0 } ? size : null;
        }
        catch (ArgumentOutOfRangeException)
        {
            return null;
        }
    }

    /// <summary>ITU-T T.81, B.2.2: the first frame header.</summary>
    private static (int Width, int Height) Jpeg(ReadOnlySpan<byte> head)
    {
        for (var at = 2; at + 9 < head.Length && head[at] == 0xFF;)
        {
            var marker = head[at + 1];
            if (marker is >= 0xC0 and <= 0xCF and not (0xC4 or 0xC8 or 0xCC))
            {
                return (BinaryPrimitives.ReadUInt16BigEndian(head[(at + 7)..]), BinaryPrimitives.ReadUInt16BigEndian(head[(at + 5)..]));
            }

            at += marker is 0xFF ? 1 : 2 + BinaryPrimitives.ReadUInt16BigEndian(head[(at + 2)..]);
        }

        return default;
    }

    /// <summary>RFC 9649.</summary>
    private static (int Width, int Height) Webp(ReadOnlySpan<byte> head)
    {
        if (head[12..].StartsWith("VP8X"u8))
        {
            return (1 + (head[24] | (head[25] << 8) | (head[26] << 16)), 1 + (head[27] | (head[28] << 8) | (head[29] << 16)));
        }

        if (head[12..].StartsWith("VP8L"u8))
        {
            var bits = BinaryPrimitives.ReadUInt32LittleEndian(head[21..]);
            return ((int)(bits & 0x3FFF) + 1, (int)((bits >> 14) & 0x3FFF) + 1);
        }

        return head[12..].StartsWith("VP8 "u8)
            ? (BinaryPrimitives.ReadUInt16LittleEndian(head[26..]) & 0x3FFF, BinaryPrimitives.ReadUInt16LittleEndian(head[28..]) & 0x3FFF)
            : default;
    }
}
