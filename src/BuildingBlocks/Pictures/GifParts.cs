using System.Buffers.Binary;

namespace ChatMonolith.BuildingBlocks.Pictures;

/// <summary>GIF (89a specification): the first image, with its colours and its transparency.</summary>
internal static class GifParts
{
    private const int ScreenLength = 13;
    private const int DescriptorLength = 10;
    private const int ControlLength = 8;
    private const byte Extension = 0x21;
    private const byte Control = 0xF9;
    private const byte Image = 0x2C;
    private const byte Trailer = 0x3B;

    public static Picture? Keep(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith("GIF87a"u8) && !file.StartsWith("GIF89a"u8))
        {
            return null;
        }

        var kept = new MemoryStream(file.Length);
        var position = ScreenLength + ColoursLength(file[10]);
        kept.Write(file[..position]);
        var control = ReadOnlySpan<byte>.Empty;
        while (position < file.Length)
        {
            switch (file[position])
            {
                case Extension:
                    var end = AfterBlocks(file, position + 2);
                    if (file[position + 1] == Control && end - position == ControlLength)
                    {
                        control = file[position..end];
                    }

                    position = end;
                    break;
                case Image:
                    kept.Write(control);
                    var data = position + DescriptorLength + ColoursLength(file[position + DescriptorLength - 1]);
                    kept.Write(file[position..AfterBlocks(file, data + 1)]);
                    kept.WriteByte(Trailer);
                    return new Picture(kept.ToArray(), "image/gif", BinaryPrimitives.ReadUInt16LittleEndian(file[6..]), BinaryPrimitives.ReadUInt16LittleEndian(file[8..]));
                default:
                    return null;
            }
        }

        return null;
    }

    private static int ColoursLength(byte flags) => (flags & 0x80) == 0 ? 0 : 3 << ((flags & 0x07) + 1);

    /// <summary>Where the run of data blocks that begins at <paramref name="position"/> has ended.</summary>
    private static int AfterBlocks(ReadOnlySpan<byte> file, int position)
    {
        while (true)
        {
            var length = file[position..][..1][0];
            position += 1 + length;
            if (length == 0)
            {
                return position;
            }
        }
    }
}
