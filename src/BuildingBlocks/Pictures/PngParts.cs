using System.Buffers.Binary;

namespace ChatMonolith.BuildingBlocks.Pictures;

/// <summary>PNG (ISO/IEC 15948), the first image of an animated one. Of the chunks only those that make the pixels stay.</summary>
internal static class PngParts
{
    private const int ChunkOverhead = 12;
    private const int HeaderLength = 13;

    public static Picture? Keep(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> signature = [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];
        if (!file.StartsWith(signature))
        {
            return null;
        }

        var kept = new MemoryStream(file.Length);
        kept.Write(signature);
        var (width, height, hasData) = (0, 0, false);
        for (var rest = file[signature.Length..]; rest.Length >= ChunkOverhead;)
        {
            var length = BinaryPrimitives.ReadInt32BigEndian(rest);
            if (length < 0 || length > rest.Length - ChunkOverhead)
            {
                return null;
            }

            var type = rest.Slice(4, 4);
            var chunk = rest[..(length + ChunkOverhead)];
            rest = rest[chunk.Length..];
            if (width == 0 && !(type.SequenceEqual("IHDR"u8) && length == HeaderLength))
            {
                return null;
            }

            if (type.SequenceEqual("IHDR"u8))
            {
                (width, height) = (BinaryPrimitives.ReadInt32BigEndian(chunk[8..]), BinaryPrimitives.ReadInt32BigEndian(chunk[12..]));
            }

            hasData |= type.SequenceEqual("IDAT"u8);
            if (IsKept(type))
            {
                kept.Write(chunk);
            }
            else if ((type[0] & 0x20) == 0)
            {
                // A chunk without which the picture cannot be read, and that nobody knows.
                return null;
            }

            if (type.SequenceEqual("IEND"u8))
            {
                return hasData && length == 0 ? new Picture(kept.ToArray(), "image/png", width, height) : null;
            }
        }

        return null;
    }

    private static bool IsKept(ReadOnlySpan<byte> type) =>
        type.SequenceEqual("IHDR"u8) || type.SequenceEqual("PLTE"u8) || type.SequenceEqual("IDAT"u8) || type.SequenceEqual("IEND"u8)
        || type.SequenceEqual("tRNS"u8) || type.SequenceEqual("gAMA"u8) || type.SequenceEqual("sRGB"u8);
}
