using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace ChatMonolith.Tests.Pictures;

/// <summary>Small pictures of each kind, full of what must not stay in them.</summary>
internal static class SamplePictures
{
    public const string Secret = "geheim: 52.5200N 13.4050E";

    public static byte[] Png(int width = 2, int height = 3, params (string Type, string Text)[] more)
    {
        var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, width);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), height);
        (header[8], header[9]) = (8, 0);
        Chunk(file, "IHDR", header);
        Chunk(file, "tEXt", Encoding.Latin1.GetBytes("Comment\0" + Secret));
        Chunk(file, "eXIf", Encoding.Latin1.GetBytes(Secret));
        Chunk(file, "iCCP", Encoding.Latin1.GetBytes(Secret));
        foreach (var (type, text) in more)
        {
            Chunk(file, type, Encoding.Latin1.GetBytes(text));
        }

        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true))
        {
            zlib.Write(new byte[(width + 1) * Math.Min(height, 100)]);
        }

        Chunk(file, "IDAT", data.ToArray());
        Chunk(file, "IEND", []);
        file.Write(Encoding.Latin1.GetBytes(Secret));
        return file.ToArray();
    }

    /// <summary>A JPEG by its parts; its scan is no real one, since nobody decodes it here.</summary>
    public static byte[] Jpeg(byte orientation = 6)
    {
        var file = new MemoryStream();
        file.Write([0xFF, 0xD8]);
        Segment(file, 0xE0, [.. "JFIF\0"u8, 1, 1, 0, 0, 1, 0, 1, 0, 0]);
        byte[] tiff = [.. "II*\0"u8, 8, 0, 0, 0, 2, 0, 0x0F, 0x01, 2, 0, 4, 0, 0, 0, 65, 66, 67, 0, 0x12, 0x01, 3, 0, 1, 0, 0, 0, orientation, 0, 0, 0, 0, 0, 0, 0];
        Segment(file, 0xE1, [.. "Exif\0\0"u8, .. tiff, .. Encoding.Latin1.GetBytes(Secret)]);
        Segment(file, 0xE1, [.. "http://ns.adobe.com/xap/1.0/\0"u8, .. Encoding.Latin1.GetBytes(Secret)]);
        Segment(file, 0xE2, [.. "ICC_PROFILE\0"u8, .. Encoding.Latin1.GetBytes(Secret)]);
        Segment(file, 0xFE, Encoding.Latin1.GetBytes(Secret));
        Segment(file, 0xDB, new byte[65]);
        Segment(file, 0xC2, [8, 0, 5, 0, 7, 1, 1, 0x11, 0]);
        Segment(file, 0xC4, new byte[20]);
        Segment(file, 0xDA, [1, 1, 0, 0, 63, 0]);
        file.Write([1, 2, 0xFF, 0x00, 3, 0xFF, 0xD0, 4]);
        Segment(file, 0xDA, [1, 1, 0, 0, 63, 0]);
        file.Write([5, 0xFF, 0x00]);
        file.Write([0xFF, 0xD9]);
        file.Write(Encoding.Latin1.GetBytes(Secret));
        return file.ToArray();
    }

    public static byte[] Gif()
    {
        var file = new MemoryStream();
        file.Write([.. "GIF89a"u8, 4, 0, 5, 0, 0x80, 0, 0, 0, 0, 0, 255, 255, 255]);
        file.Write([0x21, 0xFE, (byte)Secret.Length, .. Encoding.Latin1.GetBytes(Secret), 0]);
        file.Write([0x21, 0xFF, 11, .. "NETSCAPE2.0"u8, 3, 1, 0, 0, 0]);
        for (var frame = 0; frame < 3; frame++)
        {
            file.Write([0x21, 0xF9, 4, 1, 10, 0, 0, 0]);
            file.Write([0x2C, 0, 0, 0, 0, 4, 0, 5, 0, 0, 2, 2, 0x4C, (byte)(frame + 1), 0]);
        }

        file.Write([0x3B, .. Encoding.Latin1.GetBytes(Secret)]);
        return file.ToArray();
    }

    /// <summary>Extended WebP: lossy with transparency, a profile, Exif and XMP; or animated.</summary>
    public static byte[] Webp(bool animated = false)
    {
        byte[] vp8 = [0x30, 0x01, 0x00, 0x9D, 0x01, 0x2A, 6, 0, 8, 0, 1, 2, 3];
        var chunks = new MemoryStream();
        Riff(chunks, "VP8X", [0x3E, 0, 0, 0, 5, 0, 0, 7, 0, 0]);
        Riff(chunks, "ICCP", Encoding.Latin1.GetBytes(Secret));
        if (animated)
        {
            Riff(chunks, "ANIM", new byte[6]);
            var frame = new MemoryStream();
            frame.Write(new byte[16]);
            Riff(frame, "ALPH", [0, 1, 2]);
            Riff(frame, "VP8 ", vp8);
            Riff(chunks, "ANMF", frame.ToArray());
            Riff(chunks, "ANMF", frame.ToArray());
        }
        else
        {
            Riff(chunks, "ALPH", [0, 1, 2]);
            Riff(chunks, "VP8 ", vp8);
        }

        Riff(chunks, "EXIF", Encoding.Latin1.GetBytes(Secret));
        Riff(chunks, "XMP ", Encoding.Latin1.GetBytes(Secret));
        var file = new MemoryStream();
        file.Write("RIFF"u8);
        file.Write(BitConverter.GetBytes((int)chunks.Length + 4));
        file.Write("WEBP"u8);
        chunks.WriteTo(file);
        return file.ToArray();
    }

    private static void Chunk(Stream file, string type, byte[] data)
    {
        var length = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, data.Length);
        byte[] named = [.. Encoding.ASCII.GetBytes(type), .. data];
        file.Write(length);
        file.Write(named);
        BinaryPrimitives.WriteUInt32BigEndian(length, Crc(named));
        file.Write(length);
    }

    private static uint Crc(byte[] data)
    {
        var crc = uint.MaxValue;
        foreach (var b in data)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc & 1) == 1 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }

    private static void Segment(Stream file, byte marker, byte[] data)
    {
        file.Write([0xFF, marker, (byte)((data.Length + 2) >> 8), (byte)(data.Length + 2)]);
        file.Write(data);
    }

    private static void Riff(Stream file, string type, byte[] data)
    {
        file.Write(Encoding.ASCII.GetBytes(type));
        file.Write(BitConverter.GetBytes(data.Length));
        file.Write(data);
        if (data.Length % 2 == 1)
        {
            file.WriteByte(0);
        }
    }
}
