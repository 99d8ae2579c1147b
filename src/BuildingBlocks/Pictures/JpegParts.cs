using System.Buffers.Binary;

namespace ChatMonolith.BuildingBlocks.Pictures;

/// <summary>
/// JPEG (ITU-T T.81), baseline and progressive. The tables, the frame and the scans stay; of the application segments only the one that
/// says how colours are coded, and of Exif only which side is up, written anew.
/// </summary>
internal static class JpegParts
{
    private const byte StartOfImage = 0xD8;
    private const byte EndOfImage = 0xD9;
    private const byte StartOfScan = 0xDA;
    private const byte Exif = 0xE1;
    private const byte Adobe = 0xEE;
    private const int ExifHeader = 6;
    private const ushort OrientationTag = 0x0112;

    public static Picture? Keep(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith((ReadOnlySpan<byte>)[0xFF, StartOfImage, 0xFF]))
        {
            return null;
        }

        var body = new MemoryStream(file.Length);
        var (width, height, orientation, hasScan) = (0, 0, 0, false);
        var position = 2;
        while (true)
        {
            if (file[position..][..1][0] != 0xFF)
            {
                return null;
            }

            while (file[position..][..1][0] == 0xFF)
            {
                position++;
            }

            var marker = file[position++];
            if (marker == EndOfImage)
            {
                return hasScan && width > 0 ? Write(body, orientation, width, height) : null;
            }

            var length = BinaryPrimitives.ReadUInt16BigEndian(file.Slice(position, 2));
            if (length < 2)
            {
                return null;
            }

            var segment = file.Slice(position, length);
            position += length;
            switch (marker)
            {
                case 0xC0 or 0xC1 or 0xC2:
                    (height, width) = (BinaryPrimitives.ReadUInt16BigEndian(segment.Slice(3, 2)), BinaryPrimitives.ReadUInt16BigEndian(segment.Slice(5, 2)));
                    Copy(body, marker, segment);
                    break;
                case 0xDB or 0xC4 or 0xDD:
                    Copy(body, marker, segment);
                    break;
                case Adobe when segment.Length == 14 && segment[2..].StartsWith("Adobe"u8):
                    Copy(body, marker, segment);
                    break;
                case Exif when segment[2..].StartsWith("Exif\0\0"u8):
                    orientation = Orientation(segment[(2 + ExifHeader)..]);
                    break;
                case StartOfScan:
                    Copy(body, marker, segment);
                    var end = position + ScanLength(file[position..]);
                    body.Write(file[position..end]);
                    (position, hasScan) = (end, true);
                    break;
                case (>= 0xE0 and <= 0xEF) or 0xFE:
                    break;
                default:
                    return null;
            }
        }
    }

    private static void Copy(MemoryStream body, byte marker, ReadOnlySpan<byte> segment)
    {
        body.WriteByte(0xFF);
        body.WriteByte(marker);
        body.Write(segment);
    }

    /// <summary>Coded data goes up to the next marker that is neither a restart nor a stuffed byte.</summary>
    private static int ScanLength(ReadOnlySpan<byte> data)
    {
        for (var at = 0; ; at += 2)
        {
            var next = data[at..].IndexOf((byte)0xFF);
            if (next < 0)
            {
                return data.Length;
            }

            at += next;
            if (data.Slice(at + 1, 1)[0] is not (0x00 or (>= 0xD0 and <= 0xD7)))
            {
                return at;
            }
        }
    }

    /// <summary>1 to 8 (Exif 2.32, 4.6.4); 0 where it is not said.</summary>
    private static int Orientation(ReadOnlySpan<byte> tiff)
    {
        if (tiff.Length < 8)
        {
            return 0;
        }

        var little = tiff.StartsWith("II"u8);
        var at = Number(tiff.Slice(4, 4), little);
        if (at < 0 || at > tiff.Length - 2)
        {
            return 0;
        }

        var entries = Short(tiff[at..], little);
        for (var i = 0; i < entries && at + 2 + ((i + 1) * 12) <= tiff.Length; i++)
        {
            var entry = tiff.Slice(at + 2 + (i * 12), 12);
            if (Short(entry, little) == OrientationTag)
            {
                return Short(entry[8..], little) is >= 1 and <= 8 and var side ? side : 0;
            }
        }

        return 0;
    }

    private static int Short(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadUInt16LittleEndian(bytes) : BinaryPrimitives.ReadUInt16BigEndian(bytes);

    private static int Number(ReadOnlySpan<byte> bytes, bool little) =>
        little ? BinaryPrimitives.ReadInt32LittleEndian(bytes) : BinaryPrimitives.ReadInt32BigEndian(bytes);

    private static Picture Write(MemoryStream body, int orientation, int width, int height)
    {
        using var whole = new MemoryStream((int)body.Length + 64);
        whole.Write([0xFF, StartOfImage]);
        if (orientation > 1)
        {
            // A directory of one entry, big-endian.
            whole.Write([0xFF, Exif, 0x00, 0x22, .. "Exif\0\0"u8, .. "MM\0*"u8, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0, 0, 0, 0, 0]);
        }

        body.WriteTo(whole);
        whole.Write([0xFF, EndOfImage]);
        return new Picture(whole.ToArray(), "image/jpeg", width, height);
    }
}
